/**
 * Whether area, group and serial of a US social security number were ever issued together: the area is not 000,
 * 666 or 900–999, the group not 00, the serial not 0000.
 * https://www.ssa.gov/employer/randomization.html
 */
export function isIssuedSsn(area: string, group: string, serial: string): boolean {
  return area !== '000' && area !== '666' && area < '900' && group !== '00' && serial !== '0000';
}
