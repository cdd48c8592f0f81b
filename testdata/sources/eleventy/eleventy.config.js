export default function (config) {
  config.addPassthroughCopy({ 'src/img': 'img' });
  config.addBundle('css', { toFileDirectory: 'bundle' });
  config.addBundle('js', { toFileDirectory: 'bundle' });
  config.addCollection('posts', (api) => api.getFilteredByGlob('src/posts/*.md'));
  return { dir: { input: 'src', output: 'dist' }, markdownTemplateEngine: 'njk' };
}
