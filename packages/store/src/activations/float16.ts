/** Half-precision floats (IEEE 754 binary16) as bits. Every half is a float32 exactly, so reading is a table of 65,536 values. */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);
const halves = new Float32Array(65_536);
for (let half = 0; half < 65_536; half++) halves[half] = valueOfHalf(half);

function valueOfHalf(half: number): number {
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** Writes values · scale as halves, rounded to nearest, ties to even. scale: a power of two.
 *  values: float32, |value · scale| < 65,520 (what is greater becomes infinite; NaN stays NaN). target: as long as values. */
export function toHalves(values: Float32Array, scale: number, target: Uint16Array): void {
  for (let j = 0; j < values.length; j++) {
    float[0] = values[j] * scale;
    const sign = (bits[0] >>> 16) & 0x8000;
    const magnitude = bits[0] & 0x7fffffff;
    if (magnitude < 0x38800000) {
      // Below 2^-14: adding ½ leaves the multiple of 2^-24, rounded by the hardware, in the lowest bits.
      bits[0] = magnitude;
      float[0] += 0.5;
      target[j] = sign | (bits[0] - 0x3f000000);
    } else if (magnitude < 0x477ff000) {
      // The exponent is moved from bias 127 to 15; 0xfff and the lowest kept bit make ties go to even.
      target[j] = sign | ((magnitude + 0xc8000fff + ((magnitude >>> 13) & 1)) >>> 13);
    } else target[j] = sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
  }
}

/** Reads halves as float32 values · scale, exactly as long as scale is a power of two and nothing under- or overflows. */
export function fromHalves(source: Uint16Array, scale: number, target: Float32Array): void {
  for (let j = 0; j < source.length; j++) target[j] = halves[source[j]] * scale;
}

/** The exponent e for which the greatest |value| · 2^-e lies in [2^14, 2^15): as much of the range of halves as is safe from
 *  overflow. 0 when all values are 0. Throws RangeError when a value is not finite. */
export function scaleExponent(values: Float32Array): number {
  let greatest = 0;
  let areFinite = true;
  for (let j = 0; j < values.length; j++) {
    const magnitude = Math.abs(values[j]);
    if (magnitude > greatest) greatest = magnitude;
    // Infinity − Infinity and NaN − NaN are NaN, which equals nothing.
    if (magnitude - magnitude !== 0) areFinite = false;
  }
  if (!areFinite) throw new RangeError(`value ${values.findIndex((value) => !Number.isFinite(value))} is not finite`);
  if (greatest === 0) return 0;
  let exponent = Math.floor(Math.log2(greatest)) - 14;
  // log2 may round up to the next integer.
  if (greatest * 2 ** -exponent < 2 ** 14) exponent--;
  return exponent;
}
