import { defineConfig } from 'astro/config';

export default defineConfig({
  site: 'https://keeper.example',
  base: '/repo',
  build: { format: 'directory', inlineStylesheets: 'never' },
  devToolbar: { enabled: false },
});
