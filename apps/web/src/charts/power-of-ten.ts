const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** −3 → "10⁻³"; between powers, the number itself at two digits. For axes over log10. */
export function powerOfTen(log10: number): string {
  if (!Number.isInteger(log10)) return Number((10 ** log10).toPrecision(2)).toString();
  if (log10 === 0) return '1';
  const digits = [...String(Math.abs(log10))].map((digit) => superscripts[Number(digit)]).join('');
  return `10${log10 < 0 ? '⁻' : ''}${digits}`;
}
