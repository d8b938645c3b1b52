"""Every small change of a module that is tried: decides what a mutant is. Knows nothing of tests."""

from __future__ import annotations

import ast
import copy
import dataclasses
from collections.abc import Callable, Iterator

_COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}


@dataclasses.dataclass
class Mutant:
    """Shape: `place` "function: the line as it was => as it is"; the same however far the line moves."""

    place: str
    line: int
    tree: ast.Module


def _values(node: ast.AST) -> Iterator[ast.AST | None]:
    """What may stand instead of this node; None: nothing, the statement goes."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for op in _COMPARE[type(node.ops[0])]:
            yield ast.Compare(node.left, [op()], node.comparators)
    elif isinstance(node, ast.Compare):
        for i, was in enumerate(node.ops):
            for op in _COMPARE[type(was)]:
                yield ast.Compare(node.left, [*node.ops[:i], op(), *node.ops[i + 1 :]], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        for i in range(len(node.values)):
            rest = node.values[:i] + node.values[i + 1 :]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BinOp):
        yield ast.BinOp(node.left, _BINARY[type(node.op)](), node.right)
    elif isinstance(node, ast.AugAssign):
        yield ast.AugAssign(node.target, _BINARY[type(node.op)](), node.value)
        yield None
    elif isinstance(node, ast.Constant):
        yield from map(ast.Constant, _constants(node.value))
    elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
        changed = copy.copy(node)
        changed.test = ast.UnaryOp(ast.Not(), node.test)
        yield changed
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, (ast.Expr, ast.Assign, ast.Continue, ast.Break, ast.Raise)):
        yield None
    elif isinstance(node, ast.Slice):
        for part in ("lower", "upper"):
            if getattr(node, part) is not None:
                changed = copy.copy(node)
                setattr(changed, part, None)
                yield changed
    elif isinstance(node, (ast.Dict, ast.Tuple)) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        yield from _without_one(node)


def _constants(value: object) -> list[object]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, (str, bytes)):
        return [value + (b"~" if isinstance(value, bytes) else "~")]
    return []


def _without_one(node: ast.Dict | ast.Tuple) -> Iterator[ast.AST]:
    if isinstance(node, ast.Tuple):
        if len(node.elts) > 2:  # a pair is no list of things
            for i in range(len(node.elts)):
                yield ast.Tuple(node.elts[:i] + node.elts[i + 1 :], node.ctx)
        return
    for i in range(len(node.keys)):
        yield ast.Dict(node.keys[:i] + node.keys[i + 1 :], node.values[:i] + node.values[i + 1 :])
        if i:  # and one with its neighbour's value
            values = node.values[:i] + [node.values[i - 1]] + node.values[i + 1 :]
            if ast.dump(values[i]) != ast.dump(node.values[i]):
                yield ast.Dict(node.keys, values)


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_text(node: ast.AST) -> bool:
    """A docstring: no code."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _slots(node: ast.AST) -> Iterator[tuple[ast.AST, Callable[[ast.AST], None]]]:
    """Each child with a hand that puts something else there."""
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield value, lambda new, field=field: setattr(node, field, new)
        elif isinstance(value, list):
            for i, child in enumerate(value):
                if isinstance(child, ast.AST):
                    yield child, lambda new, value=value, i=i: value.__setitem__(i, new)


def _statement(node: ast.AST) -> str:
    """The first line of a statement, and the condition of a compound one."""
    return ast.unparse(node).split("\n")[0]


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module, one change each; the tree is the reader's until the next one is asked for."""
    tree = ast.parse(source)

    def walk(node: ast.AST, function: str, line: int, statement: ast.AST) -> Iterator[Mutant]:
        for child, put in list(_slots(node)):
            if _is_text(child) or isinstance(child, (ast.ImportFrom, ast.Import)):
                continue
            name = f"{function}.{child.name}" if isinstance(child, (ast.FunctionDef, ast.ClassDef)) else function
            inner = child if isinstance(child, ast.stmt) else statement
            at = getattr(child, "lineno", line)
            before = _statement(inner)
            for new in _values(child):
                replaced: ast.AST = ast.Pass() if new is None else new
                put(replaced)
                shown = _statement(replaced) if inner is child else _statement(inner)
                put_tree = ast.fix_missing_locations(copy.deepcopy(tree))
                put(child)
                yield Mutant(_place(name, before, shown), at, put_tree)
            yield from walk(child, name, at, inner)

    yield from walk(tree, "", 0, tree)


def _place(function: str, before: str, after: str) -> str:
    """Of a long table only the part that differs, with what stands around it."""
    if len(before) > 120 or len(after) > 120:
        start = 0
        while start < min(len(before), len(after)) and before[start] == after[start]:
            start += 1
        start = max(0, start - 30)
        before, after = "…" + before[start : start + 70], "…" + after[start : start + 70]
    return f"{function.lstrip('.') or 'module'}: {before} => {after}"
