use std::borrow::Cow;

use super::super::tests::masked;
use super::super::text;

#[test]
fn options_that_take_a_secret() {
    for (before, after) in [
        ("$ docker login -u ci -p", " registry.example.com"),
        ("$ docker login registry.example.com -u ci \"-p", "\""),
        (
            "$ docker login --username ci --password ",
            " registry.example.com",
        ),
        (
            "RUN [\"docker\", \"login\", \"-u\", \"ci\", \"-p\", \"",
            "\"]",
        ),
        ("$ helm registry login -u ci -p ", " registry.example.com"),
        (
            "$ helm repo add x https://charts.example.com --username u --password ",
            "",
        ),
        ("$ twine upload -u ci -p ", " dist/*"),
        ("$ az login --service-principal -u app -p ", " --tenant t"),
        ("$ az acr login -n x -u y -p ", ""),
        ("$ az storage blob upload --account-key ", " -f a"),
        ("$ kubectl create secret generic s --from-literal=db=", ""),
        (
            "$ kubectl create secret generic s --from-literal db=",
            " -n app",
        ),
        ("$ kubectl create secret generic s '--from-literal=db=", "'"),
        (
            "$ kubectl create secret docker-registry r --docker-password=",
            " -n app",
        ),
        (
            "$ kubectl create secret docker-registry r --docker-password ",
            " -n app",
        ),
        ("$ mysql -u root \"-p", "\" app"),
        ("$ mysqldump '-p", "' app"),
        ("$ mariadb-dump -u root -p", " app"),
        ("[\"mysqldump\",\"-u\",\"root\",\"-p", "\",\"app\"]"),
        ("$ sshpass -v -p ", " ssh deploy@host.example.com"),
        ("$ sshpass -p", " ssh -p 2222 deploy@host.example.com"),
        ("$ curl -sSfu ci:", " https://files.example.com"),
        ("$ curl -u :", " https://files.example.com"),
        ("$ curl --user \"ci:", "\" https://files.example.com"),
        (
            "$ wget --http-user ci --http-password ",
            " https://files.example.com",
        ),
        ("$ redis-cli -h db -a ", " ping"),
        ("$ mongodump -u root -p ", " --db x"),
        ("$ sqlcmd -S db -U sa -P ", " -Q 'select 1'"),
        ("$ openssl enc -d -aes-256-cbc -pass pass:", " -in a"),
        ("$ openssl req -passout pass:", ""),
        ("$ keytool -import -storepass ", " -file a"),
        ("$ aws configure set aws_secret_access_key ", ""),
        ("$ npm config set //registry.example.com/:_authToken ", ""),
        (
            "$ npm config set \"//registry.example.com/:_authToken\" \"",
            "\"",
        ),
        ("$ yarn config set npmAuthToken ", ""),
        ("$ poetry config pypi-token ", ""),
        ("$ poetry config pypi-token.internal ", ""),
        ("$ poetry config --local -- pypi-token.pypi ", ""),
        ("$ poetry config http-basic.internal ci ", ""),
        ("$ composer config -g http-basic.repo.example.com ci ", ""),
        (
            "$ composer config --global --auth gitlab-token.git.example.com ",
            "",
        ),
        ("$ vault login ", ""),
        ("+ vault login -no-print -method=token ", " >/dev/null"),
        (
            "  - run: vault login -address https://vault.example.com '",
            "'",
        ),
        (
            "Step 4/9 : RUN cargo login --registry internal ",
            " && cargo publish",
        ),
        ("$ wandb login --relogin ", ""),
        ("$ snyk auth ", " || true"),
        ("$ cachix authtoken ", ""),
        ("$ nuget setapikey ", " -Source https://nuget.example.com"),
        (
            "$ mc alias set store https://files.example.com ci ",
            " --api S3v4",
        ),
        ("$ echo ", " | gh auth login --with-token"),
        ("$ gh secret set DEPLOY --body ", ""),
        ("$ dotnet nuget push a.nupkg -k ", " -s x"),
        ("$ nuget push a.nupkg -ApiKey ", ""),
        ("$ ldapsearch -x -D cn=a -w ", " -b dc"),
        ("$ zip -P ", " a.zip b"),
        ("$ lftp -u ci,", " ftp.example.com"),
        ("$ ./deploy --db-password ", " --now"),
        ("args: [\"--password\", \"", "\"]"),
        ("--token ", ""),
        (
            "$ echo ",
            " | docker login -u ci --password-stdin registry.example.com",
        ),
        ("$ echo -n '", "' | docker login -u ci --password-stdin"),
        ("$ printf '%s' ", " | docker login -u ci --password-stdin"),
        ("RUN echo 'root:", "' | chpasswd"),
        ("$ echo ", " | vault login -"),
        ("$ echo -n \"", "\" | gh secret set DEPLOY -b-"),
        ("$ echo ", " | kinit ci@EXAMPLE.COM"),
        ("$ docker login --password-stdin <<< ", ""),
        (
            "$ docker login -u ci --password-stdin <<<\"",
            "\" registry.example.com",
        ),
        (
            "$ docker login -u ci <<< '",
            "' --password-stdin registry.example.com",
        ),
        (
            "$ echo x; gh auth login --with-token <<< ",
            " && gh pr list",
        ),
        ("$ gpg --batch --passphrase-fd 0 -d a.gpg <<<", " > a"),
        ("$ sudo -S apt-get update <<< ", ""),
        ("$ gh secret set DEPLOY <<<", ""),
        ("$ chpasswd <<< root:", ""),
        ("$ chpasswd <<<\"root:", "\""),
        ("$ SSHPASS=", " sshpass -e ssh deploy@host.example.com"),
        ("$ export SSHPASS='", "'"),
        ("SSHPASS: ", ""),
        ("DOCKER_PASS=", ""),
        ("$ docker exec db mongo -u root -p ", ""),
        ("$ skopeo copy --dest-creds ci:", " docker://a docker://b"),
        ("$ podman pull --creds=ci:", " registry.example.com/a"),
        ("$ security unlock-keychain -p ", " build.keychain"),
        ("$ conan user -p ", " -r internal ci"),
        ("$ cf auth ci ", ""),
        ("$ curl -b 'session=", "' https://files.example.com"),
        ("$ ansible-playbook -e \"ansible_become_pass=", "\" a.yml"),
        ("$ mvn -Dsonar.login=", " verify"),
        ("$ export dbPass=", ""),
        ("$ SECRET_KEY_BASE=", " rails assets:precompile"),
        ("RAILS_MASTER_KEY=", ""),
        (
            "$ curl -d \"{\\\"user\\\":\\\"ci\\\",\\\"password\\\":\\\"",
            "\\\"}\" https://files.example.com",
        ),
        ("$ docker run --rm mongo mongodump -u root -p ", ""),
        ("$ cqlsh -u ci -p ", " db.example.com"),
        ("$ poetry publish -u ci -p ", " --build"),
        ("$ bundle config gems.example.com ci:", ""),
        ("$ bundle config set --global gems.example.com ci:", ""),
        ("$ bundle config --local https://gems.example.com/ ci:", ""),
        ("$ useradd -m -p ", " ci"),
        ("$ usermod -p '", "' ci"),
        ("$ sqlplus -S ci/", "@db.example.com @run.sql"),
        ("$ sqlplus ci/", ""),
        ("jdbc:oracle:thin:ci/", "@db.example.com:1521:x"),
        ("$ setx NPM_TOKEN ", ""),
        ("> setx /M DB_PASSWORD \"", "\""),
        ("$ ./run -password ", " -user ci"),
        ("$ ./run -passwd=", " -user ci"),
        ("$ openssl enc -aes-256-cbc -k ", " -in a"),
        ("$ openssl aes-256-cbc -d -k ", " -in a"),
        ("$ htpasswd -nb ci ", ""),
        ("$ htpasswd -cbB users.txt ci ", ""),
        ("$ rabbitmqctl add_user ci ", ""),
        ("$ rabbitmqctl change_password ci ", ""),
        ("$ doctl auth init -t ", ""),
        ("$ ncftpput -u ci -p ", " ftp.example.com / a"),
        ("$ http --auth ci:", " x.example.com"),
        ("$ http POST x.example.com -a ci:", ""),
        ("$ https --auth=ci:", " x.example.com"),
        ("could not run: http --auth 'ci:", "' x.example.com"),
        ("$ vault write secret/x value=", ""),
        ("could not run: vault write secret/x value=", " ttl=1h"),
        ("$ vault kv put -mount=secret app name=", ""),
        ("$ vault kv patch kv/app 'db=", "'"),
        ("$ vault kv put kv/app db=\"", "\""),
        ("$ vault write auth/approle/login secret_id=", ""),
        ("$ ansible-playbook --vault-password-file <(echo ", ") x"),
        ("$ rsync --password-file=<(echo -n '", "') x"),
        ("$ restic --password-file <(printf %s ", ") x"),
        ("$ nc x <<< \"AUTH ", "\""),
        ("$ echo \"AUTH ci ", "\" | nc db.example.com 6379"),
        ("$ echo AUTH ", " | redis-cli -h db.example.com"),
    ] {
        assert_eq!(
            masked(before, "hunter2", after),
            "[redacted:secret]",
            "{before}"
        );
    }
    // Options that take names as well: only what is random.
    for (before, after) in [
        ("$ gem push --key ", " a.gem"),
        ("$ ./run --secret ", " --now"),
        ("$ ./run --auth=", ""),
        ("$ netlify deploy --auth ", " --prod"),
    ] {
        masked(before, "Zx9NuulUV2vRmQAd0a", after);
    }
    // In quotes there may be anything.
    masked(
        "$ docker login -u ci -p \"",
        "correct horse; battery",
        "\" registry.example.com",
    );
    masked("$ mysql \"-p", "correct horse", "\" app");
    masked(
        "$ docker login --password-stdin <<< '",
        "correct; horse|b",
        "'",
    );
    masked("$ helm upgrade --password '", "a&b|c d", "' --install app");
    // Only those of digits that are a port stay.
    masked("$ mysql -p", "123456", " app");
}

#[test]
fn each_of_many_is_found() {
    let all: String = (0..9)
        .map(|k| format!(" --from-literal=k{k}=hunter{k}"))
        .collect();
    let told = text(&format!("$ kubectl create secret generic s{all}")).into_owned();
    assert!(!told.contains("=hunter"), "{told}");
    assert_eq!(text(&told), told);
}

#[test]
fn other_options_keep_their_values() {
    for line in [
        "gcc -pthread a.c -pedantic-errors",
        "docker run -p 8080:80 --name login app; docker run --name mongo -p 27017:27017 mongo",
        "mkdir -p abcdef && cp -p abcdef ghijkl",
        "./run --token-file abcdef --password-file /run/x --password-stdin",
        "docker build --secret id=npmrc,src=abcdef .",
        "ssh -p 2222 host.example.com; sshpass -e ssh -p 22022 host.example.com",
        "sshpass -f secret.txt ssh -p 22022 host.example.com",
        "npm run build -- -p tsconfig.json; tsc -p tsconfig.json; docker login && tsc -p tsconfig.json",
        "curl --user-agent x:yabc https://git.example.com; curl -fsSL -o user:abc https://git.example.com",
        "WARNING! Using --password via the CLI is insecure. Use --password-stdin.",
        "use --token instead of --password when both are given",
        "error: unexpected argument '--token' found",
        "Error: unknown flag: --password",
        "aws s3api list-objects --starting-token abcdefgh",
        "unzip -P; unzip -o a.zip -d /opt/app; gzip -Pabc",
        "find /var/lib/mongodb -print; ls /opt/mongo -pabc",
        "mongodump -u root -p --db app",
        "mysql \"-p\" \"app\"; mysql '-p' app",
        "kubectl create configmap c --from-literal=level=debug",
        "kubectl create secret generic s --from-literal=token=$TOKEN --from-literal=db=${DB}",
        "npm config set registry https://registry.example.com",
        "git config --global credential.helper store",
        "npm config set //registry.example.com/:_authToken $NPM_TOKEN",
        "echo done | tee log; echo \"$PASSWORD\" | docker login -u ci --password-stdin",
        "cat password.txt | docker login -u ci --password-stdin",
        "the test suite set token expired",
        "Please set GITHUB_TOKEN environment variable; you must set the NPM_TOKEN secret first",
        "error: missing config api_key property",
        "echo hello | git hash-object --stdin; echo 'let a' | prettier --stdin-filepath a.js",
        "openssl x509 -passin env:PASS; ctest: 3 pass: none",
        "dotnet nuget push a.nupkg -k $KEY -s x; git push -k",
        "redis-cli -a $REDIS_PASSWORD ping; redis-cli --pass",
        "docker-compose run mongo -p 27017; docker compose run --rm mongo -p 27017",
        "docker run -d --name mongo -p 27017 mongo:6",
        "docker login --password-stdin <<< \"$PASSWORD\"; docker login --password-stdin <<<$PASSWORD",
        "docker login --password-stdin <<< $(cat password.txt); docker login --password-stdin < password.txt",
        "read a b <<< \"one two\"; docker login --password-stdin registry.example.com",
        "bc <<< 1+2345; grep -q token <<< \"some words\"; cat <<EOF | docker login --password-stdin",
        "<<<<<<< HEAD of docker login --password-stdin",
        "echo yes12 | mkinitcpio -p linux; echo done1 | tee kinit.log",
        "Error: vault login failed: permission denied; vault login: missing token",
        "vault login attempt 2 failed, so run vault login again; see `vault login` -h",
        "$ vault login $VAULT_TOKEN; vault login -method=oidc role=dev2; vault login -path=x1 -",
        "$ vault login -method userpass username=ci",
        "$ vault token lookup a1b2c3; cargo login; cargo login < token.txt2; cargo log1n abc123",
        "cargo login is required before `cargo publish`; snyk auth error: 401",
        "$ snyk auth --help; $ nuget setapikey $KEY -Source x",
        "$ poetry config virtualenvs.create false; poetry config repositories.a https://p1.example.com",
        "$ poetry config pypi-token.pypi $TOKEN; poetry config pypi-token.pypi --unset",
        "$ composer config repositories.a1 vcs https://git.example.com/a1",
        "$ mc alias set store https://files.example.com $KEY $SECRET; mc alias set a b",
        "TESTS_PASS=12 FIRST_PASS=true ALL_PASS=none SSHPASS=$SSHPASS BYPASS=abc123",
        "two_pass: abcd1234x first_pass=abc123",
        "$ curl -b cookies.txt -c cookies.txt https://files.example.com; podman pull --creds $CREDS a",
        "$ cqlsh -e 'describe x' -p; poetry publish --build -p; poetry run x -p hunter2",
        "$ bundle config set path vendor/bundle1; bundle config mirror.all http://localhost:9292",
        "$ bundle config gems.example.com localhost:9292; bundle config build.x --with-x=y1",
        "$ useradd -m ci; useradd -p; groupadd -p abc123; usermod -aG docker ci",
        "$ sqlplus / as sysdba; sqlplus /nolog @run1.sql; which sqlplus /usr/bin/sqlplus1",
        "cp sqlplus bin/run1; sqlplus scripts/a1.sql was not found",
        "$ setx PATH C:\\bin1; setx TOKEN; use setx TOKEN %VALUE1% first",
        "Usage of run: -password string -token value -user name",
        "flag provided but not defined: -password",
        "the option -password was given, -token: missing, -secret id=x1,src=abc1",
        "  --password PASSWORD   the password; --auth AUTH  how to log in",
        "$ ./run --auth; ./run --auth basic; ./run --auth oauth2 --secret db-creds-v2-of-app",
        "$ podman run --secret app_key_v2_production --secret mysecret12345 x",
        "$ gem push --key github a1.gem; gem push -k rubygems1 a.gem",
        "$ openssl enc -k; openssl x509 -k abc123; openssl enc -kfile key.txt",
        "$ htpasswd -n ci; htpasswd users.txt ci1; htpasswd -nb ci; htpasswd: cannot open file1 users2 ci3",
        "rabbitmqctl add_user failed: node1 is down; rabbitmqctl add_user ci",
        "$ doctl auth init --context ci2; doctl auth list -t; doctl compute x -t abc123",
        "$ curl https://x.example.com -a b:cde; http: error: -a b:cde; $ http GET x.example.com a:bcd; see http -a",
        "$ vault write auth/token/roles/ci ttl=1h policies=abc; vault kv get secret/x value=abc; vault kv put",
        "$ vault kv put secret/x value=@token.txt other=- third=$TOKEN; vault write failed: secret/x: 403",
        "$ diff <(echo abc) <(printf abc); ./run --file <(echo abc); cat key <(sort a)",
        "AUTH failed; $ grep -c x <<< \"AUTH abc\"; smtp: AUTH LOGIN abc | tee nc.log; $ nc x <<< \"AUTH $PASS\"",
        "$ security find-identity -p codesigning1; cf auth failed: 401; the cookie: session1 is missing",
    ] {
        assert!(
            matches!(text(line), Cow::Borrowed(_)),
            "{line} -> {}",
            text(line)
        );
    }
}
