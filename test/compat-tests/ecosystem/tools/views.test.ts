import { sizeless } from '../../../../compat-tests/ecosystem/tools/views'

test('of sizes it is compared whether there is anything', () => {
  const printed = (size: number) => ({ status: 0, stdout: `{"partition":"t-0","size":${size}}`, stderr: '' })
  expect(sizeless(printed(270))).toBe(sizeless(printed(287)))
  expect(sizeless(printed(0))).not.toBe(sizeless(printed(287)))
})
