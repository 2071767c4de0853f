// Added by `cargo book serve` to every page it serves: reloads the page when the book was rebuilt, and shows over it why it
// could not be.
const own = new URL(import.meta.url).searchParams.get('build');
const events = new EventSource('/__book/events');

events.addEventListener('status', (event) => {
  const { build, fault } = JSON.parse(event.data);
  document.getElementById('book-fault')?.remove();
  if (fault) {
    const box = document.createElement('pre');
    box.id = 'book-fault';
    box.setAttribute('role', 'alert');
    box.textContent = fault;
    box.style.cssText =
      'position:fixed;inset:auto 0 0 0;z-index:1000;margin:0;padding:1rem 1.5rem;max-height:60vh;overflow:auto;' +
      'white-space:pre-wrap;font:14px/1.5 monospace;background:#5c0f14;color:#fff';
    document.body.append(box);
  } else if (String(build) !== own) {
    location.reload();
  }
});
