/** The rooms of the Lab, in the order in which they build on each other. */
export const labPages = [
  {
    href: '/lab/superposition',
    name: 'Superposition',
    summary: 'Five features, two dimensions. When features are rare enough, a network keeps all five.',
    look: 'Watch the arrows leave each other’s way as you make the features rarer.',
  },
  {
    href: '/lab/geometry',
    name: 'Geometry',
    summary: 'Equally important features settle into the corners of regular shapes.',
    look: 'A digon, a triangle, a tetrahedron, a pentagon: each has its own price in dimensions.',
  },
  {
    href: '/lab/recovery',
    name: 'Recovery',
    summary: 'Eight known directions are hidden in four dimensions. How many does a sparse autoencoder find?',
    look: 'Compare architectures on the same data, beside what chance alone would reach.',
  },
  {
    href: '/lab/disentangler',
    name: 'Disentangler',
    summary: 'A small classifier mixes eight classes in sixteen neurons. A dictionary takes them apart.',
    look: 'Striped neurons on the left, plain features on the right – until you allow too many at once.',
  },
  {
    href: '/lab/sparsity',
    name: 'Sparsity',
    summary: 'Which features fire on which inputs, and what one more active feature buys.',
    look: 'Click on a cell to see the class that its feature stands for.',
  },
] as const;
