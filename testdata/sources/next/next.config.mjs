export default {
  output: 'export',
  images: { unoptimized: true },
  generateBuildId: () => 'fixture-1',
  turbopack: { root: import.meta.dirname },
};
