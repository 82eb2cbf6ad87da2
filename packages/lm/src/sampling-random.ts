/** A small seeded generator (sfc32, Chris Doty-Humphrey's PractRand), so that generation is reproducible.
 *  seed: any finite number. Returns a function that gives uniform numbers in [0, 1) with 32 random bits. */
export function samplingRandom(seed: number): () => number {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, seed);
  let a = bytes.getUint32(0) | 0;
  let b = bytes.getUint32(4) | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  // The state needs a few rounds before close seeds stop giving similar numbers.
  for (let round = 0; round < 15; round++) next();
  return next;
}
