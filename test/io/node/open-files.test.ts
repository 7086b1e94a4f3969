import { type OpenFile, OpenFiles } from '../../../src/io/node/open-files'

function handle(path: string): OpenFile & { isLost: boolean } {
  return {
    path,
    isLost: false,
    movedTo(to: string) {
      Object.assign(this, { path: to })
    },
    lost() {
      this.isLost = true
    },
  }
}

function opened(...paths: string[]) {
  const files = new OpenFiles()
  const handles = paths.map(handle)
  for (const each of handles) files.add(each)
  return { files, handles, paths: () => handles.map(each => (each.isLost ? null : each.path)) }
}

test('a moved directory takes along all below it, and nothing whose name only begins alike', () => {
  const { files, paths } = opened('/d/t-1/a', '/d/t-1/deep/b', '/d/t-10/c', '/d/t-1', '/d/other')
  files.directoryMoved('/d/t-1', '/d/t-1-delete')
  expect(paths()).toEqual(['/d/t-1-delete/a', '/d/t-1-delete/deep/b', '/d/t-10/c', '/d/t-1', '/d/other'])
  files.directoryRemoved('/d/t-1-delete')
  expect(paths()).toEqual([null, null, '/d/t-10/c', '/d/t-1', '/d/other'])
})

test('a moved file takes along all handles of it, and ends those of the file that it replaces', () => {
  const { files, paths } = opened('/d/a', '/d/a', '/d/b', '/d/c')
  files.fileMoved('/d/a', '/d/b')
  expect(paths()).toEqual(['/d/b', '/d/b', null, '/d/c'])
  files.fileMoved('/d/b', '/e/b')
  files.fileRemoved('/e/b')
  expect(paths()).toEqual([null, null, null, '/d/c'])
})

test('a closed handle is told nothing', () => {
  const { files, handles, paths } = opened('/d/a', '/d/b')
  files.delete(handles[0]!)
  files.fileMoved('/d/a', '/d/x')
  files.directoryRemoved('/d')
  expect(paths()).toEqual(['/d/a', null])
})
