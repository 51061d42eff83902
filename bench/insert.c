/* What a C program needs to insert rows of `entries` into a store: one prepared statement, one transaction.
 *
 * usage: insert STORE ROWS < statement.sql
 * ROWS: for each row each column as a 32-bit length and as many bytes; length -1 is NULL, -2 is followed by an
 * integer of 64 bits. The file is read before the clock starts. Prints the seconds and the number of rows stored.
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static void run(sqlite3 *db, const char *sql) {
    if (sqlite3_exec(db, sql, 0, 0, 0) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
        exit(1);
    }
}

int main(int argc, char **argv) {
    static char sql[4096];
    sqlite3 *db;
    sqlite3_stmt *insert;
    long size;
    char *rows, *at, *end;
    FILE *file;

    if (argc != 3 || !(file = fopen(argv[2], "rb")) || sqlite3_open(argv[1], &db) != SQLITE_OK) return 2;
    fread(sql, 1, sizeof sql - 1, stdin);
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    rows = malloc(size);
    if (fread(rows, 1, size, file) != (size_t)size) return 2;
    run(db, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY");

    double begun = seconds();
    if (sqlite3_prepare_v2(db, sql, -1, &insert, 0) != SQLITE_OK) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(db));
        return 1;
    }
    int columns = sqlite3_bind_parameter_count(insert);
    run(db, "BEGIN IMMEDIATE");
    for (at = rows, end = rows + size; at < end;) {
        for (int column = 1; column <= columns; column++) {
            int32_t length;
            memcpy(&length, at, 4);
            at += 4;
            if (length == -2) {
                int64_t number;
                memcpy(&number, at, 8);
                at += 8;
                sqlite3_bind_int64(insert, column, number);
            } else if (length == -1) {
                sqlite3_bind_null(insert, column);
            } else {
                sqlite3_bind_text(insert, column, at, length, SQLITE_STATIC);
                at += length;
            }
        }
        if (sqlite3_step(insert) != SQLITE_DONE) {
            fprintf(stderr, "%s\n", sqlite3_errmsg(db));
            return 1;
        }
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    run(db, "COMMIT");
    printf("%.6f %d\n", seconds() - begun, sqlite3_total_changes(db));
    return sqlite3_close(db) != SQLITE_OK;
}
