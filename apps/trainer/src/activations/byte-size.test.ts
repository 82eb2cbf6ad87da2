import { expect, test } from 'vitest';
import { parseByteSize } from './byte-size.ts';

test('sizes are read in bytes, decimal and binary units', () => {
  const sizes = ['0', '500000', '50GB', '50 gb', '1.5 TB', '64GiB', '64g', ' 2 MiB ', '3kB'];
  expect(sizes.map(parseByteSize)).toEqual([0, 5e5, 5e10, 5e10, 1.5e12, 64 * 2 ** 30, 6.4e10, 2 * 2 ** 20, 3000]);
});

test('anything else is none', () => {
  for (const text of ['', 'much', '-1GB', '1e9', '5 iB', '10 GBit', '1,5GB', '9999999PB'])
    expect(parseByteSize(text)).toBeNull();
});
