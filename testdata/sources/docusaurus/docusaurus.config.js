export default {
  title: 'Keepers’ Handbook',
  tagline: 'How to keep a light',
  url: 'https://handbook.example',
  baseUrl: '/',
  favicon: 'img/logo.png',
  onBrokenLinks: 'throw',
  future: { v4: true },
  i18n: { defaultLocale: 'en', locales: ['en'] },
  presets: [
    [
      'classic',
      {
        docs: { sidebarPath: './sidebars.js' },
        blog: false,
        theme: { customCss: './src/css/custom.css' },
        sitemap: { lastmod: null },
      },
    ],
  ],
  plugins: [
    // The default module ids hash absolute paths, so that with every build
    // directory more files would differ.
    () => ({ name: 'natural-ids', configureWebpack: () => ({ optimization: { moduleIds: 'natural' } }) }),
  ],
  themeConfig: {
    navbar: {
      title: 'Keepers’ Handbook',
      logo: { alt: 'The lamp', src: 'img/logo.png' },
      items: [
        { type: 'docSidebar', sidebarId: 'handbook', position: 'left', label: 'Handbook' },
        { to: '/about', label: 'About', position: 'left' },
      ],
    },
    footer: { style: 'dark', copyright: 'Keep the light.' },
  },
};
