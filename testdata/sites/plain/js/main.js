document.getElementById('status').textContent = 'script ran';
