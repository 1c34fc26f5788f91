"""What the two clients in Python share: both speak the Database API 2.0, and differ in values and in how they look around."""
import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal


def queries(path):
    """Blocks of the file as (title, [(kind, text)], SQL)."""
    with open(path, encoding='utf-8') as file:
        for block in file.read().split('\n\n')[1:]:
            title, *lines = block.strip().split('\n')
            parameters = []
            if lines[0].startswith('-- '):
                parameters = [part.split(' ', 1) for part in lines.pop(0)[3:].split('; ')]
            yield title[3:], parameters, '\n'.join(lines)


def argument(kind, text):
    """A parameter as Python has it."""
    return {'text': str, 'bigint': int, 'double': float, 'numeric': Decimal, 'date': date.fromisoformat,
            'instant': lambda value: datetime.fromisoformat(value.replace('Z', '+00:00')), 'boolean': lambda value: value == 'true',
            'list': lambda value: [float(part) for part in value.split(',')]}[kind](text)


def number(value):
    return format(Decimal(str(value)).normalize(), 'f')


def span(value):
    hours, seconds = divmod(value.seconds, 3600)
    time = f' {hours:02}:{seconds // 60:02}:{seconds % 60:02}' if value.seconds else ''
    return f'{value.days} days{time}'


def instant(value):
    if value.year == datetime.max.year:  # what infinity is to drivers that have to give it a number
        return 'infinity'
    return value.astimezone(timezone.utc).isoformat(timespec='milliseconds').replace('+00:00', 'Z')


# kind: the classes that its values may be of, and how they are written
KINDS = {
    'text': ([str], str), 'boolean': ([bool], lambda value: str(value).lower()), 'number': ([int, float, Decimal], number), 'date': ([date], str),
    'instant': ([datetime], instant), 'span': ([timedelta], span), 'list': ([list], lambda value: '{' + ','.join(map(str, value)) + '}'),
    'document': ([dict, list], lambda value: json.dumps(value, ensure_ascii=False))}


def written(kind, value):
    if value is None:
        return 'NULL'
    classes, write = KINDS[kind]
    if type(value) not in classes:
        raise TypeError(f'a {kind} has come as {type(value)}: {value!r}')
    return write(value)


def show(cursor, kind_of):
    """Writes what a query has returned; kind_of tells the kind of a column by its description."""
    kinds = [kind_of(column) for column in cursor.description]
    rows = [[written(*pair) for pair in zip(kinds, row)] for row in cursor.fetchall()]
    return [' | '.join(f'{column[0]} {kind}' for column, kind in zip(cursor.description, kinds))] + [' | '.join(row) for row in rows]
