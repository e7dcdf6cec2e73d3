'use strict';
// Adds what needs a script to the table of logs: a filter, and sorting by a column.
(() => {
  const table = document.querySelector('table.logs');
  if (!table) return;
  // Rows lie in bodies of equal size, of which a browser lays out only those in sight.
  const bodies = Array.from(table.tBodies);
  const rows = bodies.flatMap((body) => Array.from(body.rows));
  const size = bodies[0].rows.length;
  const texts = new Map();
  const text = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };

  const bar = document.createElement('p');
  bar.className = 'filter';
  const input = document.createElement('input');
  input.type = 'search';
  input.placeholder = table.dataset.filter;
  input.setAttribute('aria-label', table.dataset.filter);
  const count = document.createElement('span');
  count.className = 'faint';
  count.setAttribute('role', 'status');
  bar.append(input, ' ', count);
  table.parentElement.before(bar);

  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits = words.every((word) => text(row).includes(word));
      row.hidden = !fits;
      if (fits) shown += 1;
    }
    count.textContent = `${shown} / ${rows.length} ${table.dataset.all}`;
  };
  let waiting = 0;
  input.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  filter();

  const order = new Intl.Collator(undefined, { numeric: true });
  const original = rows.slice();
  Array.from(table.tHead.rows[0].cells).forEach((cell, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.title = table.dataset.sort;
    button.append(...cell.childNodes);
    cell.append(button);
    button.addEventListener('click', () => {
      const next = { none: 'ascending', ascending: 'descending', descending: 'none' };
      const state = next[cell.getAttribute('aria-sort') || 'none'];
      for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
      cell.setAttribute('aria-sort', state);
      let sorted = original;
      if (state !== 'none') {
        const keys = new Map(rows.map((row) => [row, row.cells[column].textContent.trim()]));
        const sign = state === 'ascending' ? 1 : -1;
        // Empty cells stay at the end, whatever the direction.
        sorted = original.slice().sort((a, b) => {
          const [x, y] = [keys.get(a), keys.get(b)];
          if (!x || !y) return (y ? 1 : 0) - (x ? 1 : 0);
          return sign * order.compare(x, y);
        });
      }
      bodies.forEach((body, at) => body.replaceChildren(...sorted.slice(at * size, (at + 1) * size)));
    });
  });
})();
