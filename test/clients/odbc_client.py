"""The ODBC driver, as under Excel and Power BI, driven by pyodbc. ODBC knows no lists, documents and spans of time: they are text."""
import os
import sys
from datetime import date, datetime
from decimal import Decimal

import pyodbc

import database_api

KIND_OF_CLASS = {bool: 'boolean', int: 'number', float: 'number', Decimal: 'number', str: 'text', date: 'date', datetime: 'instant'}
TYPES = {'int2': 'smallint', 'int4': 'integer', 'int8': 'bigint', 'float8': 'double precision', 'bool': 'boolean', 'timestamptz': 'timestamp with time zone'}


def kind_of(column):
    return KIND_OF_CLASS[column[1]]


def argument(kind, text):
    """An instant has no zone here: it is in that of the session. A list is its text."""
    value = database_api.argument(kind, text)
    return {'instant': lambda: value.astimezone().replace(tzinfo=None), 'list': lambda: '{' + text + '}'}.get(kind, lambda: value)()


connection = pyodbc.connect('Driver={{PostgreSQL Unicode}};Server={PGHOST};Port={PGPORT};Database={PGDATABASE};UID={PGUSER};PWD={PGPASSWORD};BoolsAsChar=0'.format(**os.environ), autocommit=True)
cursor = connection.cursor()
for title, parameters, statement in database_api.queries(sys.argv[1]):
    cursor.execute(statement, [argument(*parameter) for parameter in parameters])
    print(f'# {title}', *database_api.show(cursor, kind_of), sep='\n')

views = [(row.table_name, row.remarks) for row in cursor.tables(schema='leadscore', tableType='VIEW')]
columns = [row for row in cursor.columns(schema='leadscore')]
for view, comment in views:
    print(f'view {view}: {comment}')
    for row in columns:
        if row.table_name == view:
            print(f'column {view}.{row.column_name} {TYPES.get(row.type_name, row.type_name)}: {row.remarks}')
    cursor.execute(f'SELECT * FROM (SELECT * FROM leadscore.{view}) AS sample LIMIT 3')
    print(f'sample of {view}: {len(database_api.show(cursor, kind_of)) - 1} rows')
