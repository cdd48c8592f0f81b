export default {
  handbook: [
    'intro',
    { type: 'category', label: 'Signals', link: { type: 'generated-index' }, items: ['signals/lamp', 'signals/horn'] },
  ],
};
