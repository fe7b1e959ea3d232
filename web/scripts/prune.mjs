/**
 * Takes out of documents what a schema does not have: fields, fragments on types, and then variables and fragments
 * nobody uses any more. An operation of which nothing is left asks for __typename alone.
 */
import { getNamedType, Kind, TypeInfo, visit, visitWithTypeInfo } from 'graphql'

const typename = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }

function knows(schema, typeName, fieldName) {
  if (fieldName.startsWith('__')) return true
  const type = schema.getType(typeName)
  return Boolean(type && 'getFields' in type && type.getFields()[fieldName])
}

export function prune(files, served, full) {
  const typeInfo = new TypeInfo(full)
  let pruned = files.map((file) => ({
    ...file,
    document: visit(
      file.document,
      visitWithTypeInfo(typeInfo, {
        Field(node) {
          const parent = typeInfo.getParentType()
          const isInput = node.arguments?.some((argument) => !argumentKnown(served, parent, node, argument))
          return knows(served, parent.name, node.name.value) && !isInput ? undefined : null
        },
        InlineFragment(node) {
          return node.typeCondition && !served.getType(node.typeCondition.name.value) ? null : undefined
        },
        FragmentDefinition(node) {
          return served.getType(node.typeCondition.name.value) ? undefined : null
        },
      }),
    ),
  }))
  // Emptying a selection may empty its parent, and a fragment whose spread goes may be the last user of another.
  for (let before = ''; ;) {
    const fragments = new Set()
    for (const { document } of pruned) {
      for (const each of document.definitions)
        if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.add(each.name.value)
    }
    const used = new Set()
    pruned = pruned.map((file) => ({ ...file, document: tidy(file.document, fragments, used, full) }))
    pruned = pruned.map((file) => ({
      ...file,
      document: {
        ...file.document,
        definitions: file.document.definitions.filter(
          (each) => each.kind !== Kind.FRAGMENT_DEFINITION || used.has(each.name.value),
        ),
      },
    }))
    const now = JSON.stringify(pruned.map((file) => file.document))
    if (now === before) break
    before = now
  }
  return pruned.map((file) => ({ ...file, document: dropVariables(file.document, pruned) }))
}

function argumentKnown(served, parent, node, argument) {
  const type = served.getType(parent.name)
  const field = type && 'getFields' in type ? type.getFields()[node.name.value] : undefined
  return !field || field.args.some((each) => each.name === argument.name.value)
}

function tidy(document, fragments, used, full) {
  const typeInfo = new TypeInfo(full)
  return visit(
    document,
    visitWithTypeInfo(typeInfo, {
      FragmentSpread(node) {
        if (!fragments.has(node.name.value)) return null
        used.add(node.name.value)
        return undefined
      },
      Field: {
        leave(node) {
          const type = getNamedType(typeInfo.getType())
          const needsSelection = type && ('getFields' in type || 'getTypes' in type)
          return needsSelection && !node.selectionSet?.selections.length ? null : undefined
        },
      },
      InlineFragment: { leave: (node) => (node.selectionSet.selections.length ? undefined : null) },
      FragmentDefinition: { leave: (node) => (node.selectionSet.selections.length ? undefined : null) },
      OperationDefinition: {
        leave: (node) =>
          node.selectionSet.selections.length
            ? undefined
            : { ...node, selectionSet: { ...node.selectionSet, selections: [typename] } },
      },
    }),
  )
}

/** Variables an operation no longer uses, also not through fragments. */
function dropVariables(document, files) {
  const fragments = new Map()
  for (const file of files) {
    for (const each of file.document.definitions)
      if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each)
  }
  const collect = (node, names, seen) =>
    visit(node, {
      Variable: (variable) => void names.add(variable.name.value),
      VariableDefinition: () => false,
      FragmentSpread(spread) {
        const fragment = fragments.get(spread.name.value)
        if (!fragment || seen.has(spread.name.value)) return
        seen.add(spread.name.value)
        collect(fragment, names, seen)
      },
    })
  return visit(document, {
    OperationDefinition(node) {
      const names = new Set()
      collect(node, names, new Set())
      return {
        ...node,
        variableDefinitions: node.variableDefinitions?.filter((each) => names.has(each.variable.name.value)),
      }
    },
  })
}

/** Divides a document of pending definitions by what a schema has already: the rest as a document, and their names. */
export function compare(pending, served) {
  const answered = []
  const definitions = pending.definitions.flatMap((definition) => {
    const name = definition.name.value
    const type = served.getType(name)
    if (!type) return [definition]
    const extension = definition.kind === Kind.OBJECT_TYPE_EXTENSION
    if (!extension && definition.kind !== Kind.OBJECT_TYPE_DEFINITION) {
      answered.push(name)
      return []
    }
    const fields = definition.fields.filter((field) => {
      const known = type.getFields()[field.name.value]
      if (known) answered.push(`${name}.${field.name.value}`)
      return !known
    })
    return fields.length ? [{ ...definition, kind: Kind.OBJECT_TYPE_EXTENSION, fields }] : []
  })
  return { missing: definitions.length ? { kind: Kind.DOCUMENT, definitions } : undefined, answered }
}
