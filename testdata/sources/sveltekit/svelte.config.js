import adapter from '@sveltejs/adapter-static';

export default {
  kit: {
    adapter: adapter({ precompress: true, fallback: '404.html' }),
    version: { name: 'fixture-1' },
  },
};
