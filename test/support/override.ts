/** `of` with some of its methods replaced. */
export const override = <T extends object>(of: T, methods: Partial<T>): T =>
  new Proxy(of, {
    get: (target, key) => {
      const value: unknown = Reflect.get(key in methods ? methods : target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
