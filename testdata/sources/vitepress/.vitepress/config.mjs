import { defineConfig } from 'vitepress';

export default defineConfig({
  base: '/docs/',
  title: 'Signal Book',
  description: 'Flags, lamps and horns',
  lastUpdated: false,
  head: [['link', { rel: 'icon', type: 'image/png', href: '/docs/logo.png' }]],
  themeConfig: {
    logo: '/logo.png',
    search: { provider: 'local' },
    nav: [{ text: 'Guide', link: '/guide/flags' }, { text: 'About', link: '/about' }],
    sidebar: [
      {
        text: 'Guide',
        items: [
          { text: 'Flags', link: '/guide/flags' },
          { text: 'Lamps', link: '/guide/lamps' },
          { text: 'Horns', link: '/guide/horns' },
        ],
      },
    ],
  },
});
