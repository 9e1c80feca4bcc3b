// @ts-check
/** What the demo prints and writes: measured figures only. */

/**
 * @typedef {object} DemoReport
 * @property {string} source what was sent
 * @property {number} sent messages that the broker acknowledged
 * @property {{ pipeline: number | null, archiver: number | null, verdict: string }} groups messages each group saw, as the app counted
 * @property {{ raw: number, encoded: number, compressed: number, encrypted: number }} bytes measured on the downloaded archives
 * @property {{ encodedToRaw: number, compressedToEncoded: number, encryptedToCompressed: number, encryptedToRaw: number }} ratios
 * @property {number} objects
 * @property {number} previewedRecords rows that the preview of one archive showed
 * @property {number} verifiedRecords found exactly once, the same bytes
 * @property {{ sending: number, archiving: number, whole: number }} seconds
 * @property {string[]} findings
 * @property {boolean} passed
 */

/** @param {DemoReport['bytes']} bytes */
export function ratiosOf({ raw, encoded, compressed, encrypted }) {
  const ratio = (/** @type {number} */ part, /** @type {number} */ whole) => Number((part / whole).toFixed(4));
  return {
    encodedToRaw: ratio(encoded, raw),
    compressedToEncoded: ratio(compressed, encoded),
    encryptedToCompressed: ratio(encrypted, compressed),
    encryptedToRaw: ratio(encrypted, raw),
  };
}

/**
 * @param {DemoReport} report
 * @returns {string}
 */
export function tableOf(report) {
  const { bytes, ratios, groups, seconds } = report;
  const number = (/** @type {number | null} */ value) => (value === null ? '-' : value.toLocaleString('en'));
  const percent = (/** @type {number} */ value) => `${(value * 100).toFixed(1)}%`;
  const rows = [
    ['Messages sent', number(report.sent), report.source],
    ['  seen by group pipeline', number(groups.pipeline), ''],
    ['  seen by group archiver', number(groups.archiver), `both groups: ${groups.verdict}`],
    ['Raw bytes', number(bytes.raw), 'keys, values, headers'],
    ['Encoded bytes', number(bytes.encoded), `${percent(ratios.encodedToRaw)} of raw`],
    ['Compressed bytes', number(bytes.compressed), `${percent(ratios.compressedToEncoded)} of encoded`],
    [
      'Encrypted bytes',
      number(bytes.encrypted),
      `${percent(ratios.encryptedToCompressed)} of compressed, ${percent(ratios.encryptedToRaw)} of raw`,
    ],
    ['Objects in the bucket', number(report.objects), ''],
    ['Records previewed', number(report.previewedRecords), 'of one archive'],
    ['Records verified', number(report.verifiedRecords), 'there once, same bytes'],
    ['Sending', `${seconds.sending.toFixed(1)} s`, `${number(Math.round(report.sent / seconds.sending))} messages/s`],
    ['Until all was archived', `${seconds.archiving.toFixed(1)} s`, ''],
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = widths.map((width) => '-'.repeat(width + 2)).join('+');
  const text = rows.map(([name = '', figure = '', note = '']) =>
    [` ${name.padEnd(widths[0] ?? 0)} `, ` ${figure.padStart(widths[1] ?? 0)} `, ` ${note}`].join('|'),
  );
  return [line, ...text, line].join('\n');
}
