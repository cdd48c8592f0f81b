document.getElementById('client').textContent = 'client script ran';

// Loaded on demand: no HTML file names this chunk.
document.getElementById('ask')?.addEventListener('click', async () => {
  const { bearing } = await import('./bearing.js');
  document.getElementById('answer').textContent = bearing(3);
});
