import { eventually } from './eventually'

test('gives what the condition gives, once that is something', async () => {
  const results = [null, undefined, false, 0, '', 'found', 'more']
  expect(await eventually(() => results.shift())).toBe('found')
  expect(results).toEqual(['more'])
})

test('gives up with the condition that never came true', async () => {
  const isDone = false
  await expect(eventually(() => isDone, 1)).rejects.toThrow('it never came true: ()=>isDone')
})

test('passes a failure of the condition on', async () => {
  const broken = () => {
    throw new Error('broken')
  }
  await expect(eventually(broken)).rejects.toThrow('broken')
})
