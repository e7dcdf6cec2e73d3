//! Actions in a container of their own. The runner says nothing of how such a container ended, but for its debug
//! log (runner: Handlers/ContainerActionHandler.cs); some of the programs in them do ([`super::super::super::remote`]).

/// How the runner starts the container of an action (ContainerActionHandler, DockerCommandManager).
const CONTAINER: &str = "/docker run --name ";

/// Whether the runner starts the container of an action here. Its web page drops the mark `##[command]`.
pub(super) fn starts(text: &str) -> bool {
    let command = text.strip_prefix("##[command]").unwrap_or(text);
    let folder = command.split_once(CONTAINER).map(|(folder, _)| folder);
    folder.is_some_and(|folder| folder.starts_with('/') && !folder.contains(' '))
}

/// The exit code by which debug logging says that an action ended: `Node Action run completed with exit code 1`, `Docker Action run …`
/// (runner: Handlers/NodeScriptActionHandler.cs and ContainerActionHandler.cs).
pub(super) fn action_code(message: &str) -> Option<u8> {
    const SAYS: &str = " Action run completed with exit code ";
    let (_, code) = message.split_once(SAYS)?;
    code.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_of_a_container() {
        for text in [
            "##[command]/usr/bin/docker run --name a1 --label b2 image",
            "/usr/bin/docker run --name a1 --label b2 image",
        ] {
            assert!(starts(text), "{text}");
        }
        for text in [
            "docker run --name a1 image",
            "+ sudo /usr/bin/docker run --name a1 image",
        ] {
            assert!(!starts(text), "{text}");
        }
    }

    #[test]
    fn the_code_of_an_action() {
        let code = |text| action_code(text);
        assert_eq!(code("Node Action run completed with exit code 1"), Some(1));
        assert_eq!(
            code("Docker Action run completed with exit code 0"),
            Some(0)
        );
        assert_eq!(code("Docker Action run completed with exit code x"), None);
    }
}
