document.body.dataset.extra = 'script ran';
