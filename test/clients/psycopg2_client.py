"""psycopg2, as under Superset: what is prepared by the server is prepared by statements."""
import sys

import psycopg2

import database_api

KIND_OF_TYPE = {16: 'boolean', 20: 'number', 21: 'number', 23: 'number', 701: 'number', 1700: 'number', 25: 'text', 1082: 'date', 1184: 'instant',
                1186: 'span', 3802: 'document', 1009: 'list', 1022: 'list'}


def kind_of(column):
    return KIND_OF_TYPE[column.type_code]


connection = psycopg2.connect('')
connection.autocommit = True
cursor = connection.cursor()
for title, parameters, statement in database_api.queries(sys.argv[1]):
    for number in range(len(parameters)):
        statement = statement.replace('?', f'${number + 1}', 1)
    cursor.execute(f'PREPARE query AS {statement}')
    values = [database_api.argument(*parameter) for parameter in parameters]
    cursor.execute('EXECUTE query' + (f' ({", ".join(["%s"] * len(values))})' if values else ''), values)
    print(f'# {title}', *database_api.show(cursor, kind_of), sep='\n')
    cursor.execute('DEALLOCATE query')

# As SQLAlchemy looks around.
cursor.execute("""
    SELECT c.oid, c.relname, (SELECT pgd.description FROM pg_catalog.pg_description AS pgd WHERE pgd.objsubid = 0 AND pgd.objoid = c.oid)
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relkind IN ('v', 'm') ORDER BY 2""", ['leadscore'])
for oid, view, comment in cursor.fetchall():
    print(f'view {view}: {comment}')
    cursor.execute("""
        SELECT a.attname, pg_catalog.format_type(a.atttypid, NULL), pgd.description
        FROM pg_catalog.pg_attribute AS a LEFT JOIN pg_catalog.pg_description AS pgd ON pgd.objoid = a.attrelid AND pgd.objsubid = a.attnum
        WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum""", [oid])
    for row in cursor.fetchall():
        print('column {}.{} {}: {}'.format(view, *row))
    cursor.execute(f'SELECT * FROM (SELECT * FROM leadscore.{view}) AS sample LIMIT 3')
    print(f'sample of {view}: {len(database_api.show(cursor, kind_of)) - 1} rows')
