#!/usr/bin/env python3
"""A database of one shard, which the suite may wipe.

usage: database.py create|drop ADMIN_URL NAME     `create` prints the new database's URL
"""

import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg2


def main(action, admin_url, name):
    connection = psycopg2.connect(admin_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if action == "create":
            cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    if action == "create":
        print(urlunsplit(urlsplit(admin_url)._replace(path="/" + name)))


if __name__ == "__main__":
    main(*sys.argv[1:])
