import compilers from '@fastify/ajv-compiler'

/** A function as Fastify calls it, and asks for its errors afterwards. */
type Validate = { (data: unknown): boolean; errors?: unknown }

type Compile = (definition: never) => Validate

type Options = { customOptions?: object }

/** How large a body may be that is gone through once more for all of its faults, counted in values. */
const SMALL = 20_000

/**
 * Makes the validators of an API's requests. They tell of every fault, as who sends five hundred gateways wants to know of
 * all that are wrong; but a large body ends at its first, because a fault costs kilobytes, and a list may be of two million
 * items before anybody asks how long it is.
 */
export function validatorBuilder(): (externalSchemas: object, options: Options) => Compile {
  // It keeps what it has built: the API has many parts, and all have the same schemas.
  const build = compilers() as unknown as (schemas: object, options: object) => Compile
  return (externalSchemas, options) => {
    // Verbose, so that a fault can be said in the words of the schema that was not kept.
    const compilerFor = (isThorough: boolean) => {
      const customOptions = { ...options.customOptions, allErrors: isThorough, verbose: isThorough }
      return build(externalSchemas, { ...options, customOptions })
    }
    const untilFirst = compilerFor(false)
    return (definition) => {
      const isRight = untilFirst(definition)
      // Made when it is wanted: most routes never are asked for something wrong.
      let faultsOf: Validate | undefined
      const validate: Validate = (data) => {
        if (isRight(data)) return true
        validate.errors = isRight.errors
        if (isSmall(data)) {
          faultsOf ??= compilerFor(true)(definition)
          faultsOf(data)
          validate.errors = faultsOf.errors
        }
        return false
      }
      return validate
    }
  }
}

/** Whether there are few values in a value. */
function isSmall(data: unknown): boolean {
  const left: unknown[] = [data]
  for (let count = 0; left.length > 0; count++) {
    if (count + left.length > SMALL) return false
    const value = left.pop()
    if (typeof value !== 'object' || value === null) continue
    const values = Object.values(value)
    if (values.length > SMALL) return false
    left.push(...values)
  }
  return true
}
