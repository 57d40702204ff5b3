// The physical limit: only the SQL of the pattern, on the same SQLite, and only the bytes of the exchange, on loopback.
//
//   bound sql FILE IDS GROUP     GROUP requests a commit: each commit records the answers of the group before and claims
//                                the next, as a turn does; 0 is two commits a request, one to claim and one to record
//   bound insert FILE ROWS SIZE  bare inserts of order ids, SIZE rows a commit
//   bound http EXCHANGES LANES   keep-alive POSTs of ten order ids, answered with as many, on LANES connections
//
// It keeps no promise: no trigger, no check, no history that could be audited, no reading of answers. Prints seconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void demand(int held, const char *what) {
    if (!held) { perror(what); exit(1); }
}

// ---------------------------------------------------------------------------------------------- SQL

static sqlite3 *db;

static void run(const char *sql) {
    char *words = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK) { fprintf(stderr, "%s: %s\n", sql, words); exit(1); }
}

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
        exit(1);
    }
    return statement;
}

static void step(sqlite3_stmt *statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) { fprintf(stderr, "%s\n", sqlite3_errmsg(db)); exit(1); }
    sqlite3_reset(statement);
}

static void open_file(const char *path) {
    demand(sqlite3_open(path, &db) == SQLITE_OK, path);
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE cancel (id INTEGER PRIMARY KEY, job_id INTEGER, order_id TEXT, state TEXT, class TEXT,"
        "  settled_at_ms INTEGER, request_id INTEGER, answer_id INTEGER);"
        "CREATE UNIQUE INDEX cancel_once ON cancel (order_id, job_id);"
        "CREATE INDEX cancel_by_job ON cancel (job_id, state);"
        "CREATE TABLE request (id INTEGER PRIMARY KEY, target_id INTEGER, order_ids TEXT, token INTEGER, granted_ns INTEGER);"
        "CREATE TABLE answer (id INTEGER PRIMARY KEY, request_id INTEGER, received_ns INTEGER, status INTEGER, body TEXT);"
        "CREATE TABLE attempt (request_id INTEGER, cancel_id INTEGER, outcome TEXT, PRIMARY KEY (request_id, cancel_id))"
        "  WITHOUT ROWID;"
        "CREATE TABLE token (slot INTEGER PRIMARY KEY, request_id INTEGER, busy_until_ns INTEGER);");
}

static void order_id(char *into, int number) { sprintf(into, "82605397%010d", number); }

static void fill(int rows, int size) {
    sqlite3_stmt *insert = prepare("INSERT INTO cancel (job_id, order_id, state) VALUES (1, ?, 'pending')");
    char id[32];
    for (int row = 0; row < rows; row++) {
        if (row % size == 0) run("BEGIN IMMEDIATE");
        order_id(id, row);
        sqlite3_bind_text(insert, 1, id, -1, SQLITE_STATIC);
        step(insert);
        if (row % size == size - 1 || row == rows - 1) run("COMMIT");
    }
    sqlite3_finalize(insert);
}

static struct {
    sqlite3_stmt *pick, *request, *take, *claim, *answer, *attempt, *settle, *give;
} sql;

struct Request { sqlite3_int64 id, cancels[10]; int size, slot; char ids[256]; };

static int claim(struct Request *request, int slot) {
    request->size = 0;
    request->slot = slot;
    char *end = request->ids;
    sqlite3_bind_int(sql.pick, 1, 1);
    while (sqlite3_step(sql.pick) == SQLITE_ROW) {
        request->cancels[request->size++] = sqlite3_column_int64(sql.pick, 0);
        end += sprintf(end, "%s%s", end > request->ids ? "," : "", sqlite3_column_text(sql.pick, 1));
    }
    sqlite3_reset(sql.pick);
    if (request->size == 0) return 0;
    sqlite3_bind_text(sql.request, 1, request->ids, -1, SQLITE_STATIC);
    sqlite3_bind_int(sql.request, 2, slot);
    sqlite3_bind_int64(sql.request, 3, (sqlite3_int64)(now() * 1e9));
    step(sql.request);
    request->id = sqlite3_last_insert_rowid(db);
    sqlite3_bind_int64(sql.take, 1, request->id);
    sqlite3_bind_int(sql.take, 2, slot);
    step(sql.take);
    for (int i = 0; i < request->size; i++) {
        sqlite3_bind_int64(sql.claim, 1, request->id);
        sqlite3_bind_int64(sql.claim, 2, request->cancels[i]);
        step(sql.claim);
    }
    return 1;
}

static void record(struct Request *request) {
    char body[512];
    sprintf(body, "{\"status\":\"ok\",\"data\":{\"errors\":[],\"successes\":\"%s\"},\"ts\":1609000000000}", request->ids);
    sqlite3_bind_int64(sql.answer, 1, request->id);
    sqlite3_bind_int64(sql.answer, 2, (sqlite3_int64)(now() * 1e9));
    sqlite3_bind_text(sql.answer, 3, body, -1, SQLITE_STATIC);
    step(sql.answer);
    sqlite3_int64 answer = sqlite3_last_insert_rowid(db);
    for (int i = 0; i < request->size; i++) {
        sqlite3_bind_int64(sql.attempt, 1, request->id);
        sqlite3_bind_int64(sql.attempt, 2, request->cancels[i]);
        step(sql.attempt);
        sqlite3_bind_int64(sql.settle, 1, 1609000000000);
        sqlite3_bind_int64(sql.settle, 2, answer);
        sqlite3_bind_int64(sql.settle, 3, request->cancels[i]);
        step(sql.settle);
    }
    sqlite3_bind_int64(sql.give, 1, (sqlite3_int64)(now() * 1e9));
    sqlite3_bind_int(sql.give, 2, request->slot);
    step(sql.give);
}

static void settle_all(int group) {
    int slots = group > 0 ? group : 1, open = 0;
    struct Request *requests = calloc(slots, sizeof *requests);
    for (;;) {
        run("BEGIN IMMEDIATE");
        for (int i = 0; i < open; i++) record(&requests[i]);
        if (group == 0 && open) { run("COMMIT"); run("BEGIN IMMEDIATE"); }
        for (open = 0; open < slots && claim(&requests[open], open); open++) {}
        run("COMMIT");
        if (open == 0) return;
    }
}

static void measure_sql(const char *path, int ids, int group) {
    open_file(path);
    fill(ids, ids);
    run("WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) INSERT INTO token (slot) SELECT i FROM n");
    run("PRAGMA wal_checkpoint(TRUNCATE)");
    sql.pick = prepare("SELECT id, order_id FROM cancel WHERE job_id = ? AND state = 'pending' ORDER BY id LIMIT 10");
    sql.request = prepare("INSERT INTO request (target_id, order_ids, token, granted_ns) VALUES (1, ?, ?, ?)");
    sql.take = prepare("UPDATE token SET request_id = ? WHERE slot = ?");
    sql.claim = prepare("UPDATE cancel SET state = 'sending', request_id = ? WHERE id = ? AND state = 'pending'");
    sql.answer = prepare("INSERT INTO answer (request_id, received_ns, status, body) VALUES (?, ?, 200, ?)");
    sql.attempt = prepare("INSERT INTO attempt (request_id, cancel_id, outcome) VALUES (?, ?, 'accepted')");
    sql.settle = prepare("UPDATE cancel SET state = 'cancelled', class = 'accepted', settled_at_ms = ?, answer_id = ? WHERE id = ?");
    sql.give = prepare("UPDATE token SET request_id = NULL, busy_until_ns = ? WHERE slot = ?");
    double start = now();
    settle_all(group);
    printf("%.6f\n", now() - start);
}

static void measure_insert(const char *path, int rows, int size) {
    open_file(path);
    double start = now();
    fill(rows, size);
    printf("%.6f\n", now() - start);
}

// --------------------------------------------------------------------------------------------- HTTP

#define HEAD "POST /linear-swap-api/v1/swap_cross_track_cancel HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" \
    "Content-Length: 250\r\n\r\n"
#define REPLY "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 280\r\n\r\n"

static char question[1024], reply[1024];
static size_t question_size, reply_size;

static void send_all(int lane, const char *bytes, size_t size) { demand(write(lane, bytes, size) == (ssize_t)size, "write"); }

static size_t received[4096];

// Reads what is there; tells whether a whole message of a known size has come.
static int has_come(int lane, int index, size_t size) {
    char buffer[2048];
    ssize_t got = read(lane, buffer, size - received[index]);
    if (got <= 0) return -1;
    received[index] += got;
    if (received[index] < size) return 0;
    received[index] = 0;
    return 1;
}

static void serve(int *lanes, int count) {
    struct pollfd files[4096];
    for (int i = 0; i < count; i++) files[i] = (struct pollfd){.fd = lanes[i], .events = POLLIN};
    for (;;) {
        demand(poll(files, count, -1) > 0, "poll");
        for (int i = 0; i < count; i++) {
            if (!files[i].revents) continue;
            int come = has_come(lanes[i], i, question_size);
            if (come < 0) exit(0);
            if (come) send_all(lanes[i], reply, reply_size);
        }
    }
}

static void measure_http(int exchanges, int count) {
    question_size = sprintf(question, HEAD) + 250;
    reply_size = sprintf(reply, REPLY) + 280;
    memset(question + question_size - 250, '7', 250);
    memset(reply + reply_size - 280, '7', 280);
    int ear = socket(AF_INET, SOCK_STREAM, 0), one = 1, theirs[4096], ours[4096];
    demand(count > 0 && count <= 4096, "lanes");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    demand(bind(ear, (struct sockaddr *)&address, size) == 0 && listen(ear, 4096) == 0, "listen");
    getsockname(ear, (struct sockaddr *)&address, &size);
    for (int i = 0; i < count; i++) {
        ours[i] = socket(AF_INET, SOCK_STREAM, 0);
        demand(connect(ours[i], (struct sockaddr *)&address, size) == 0, "connect");
        theirs[i] = accept(ear, NULL, NULL);
        setsockopt(ours[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        setsockopt(theirs[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    pid_t server = fork();
    if (server == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (int i = 0; i < count; i++) close(ours[i]);
        serve(theirs, count);
    }
    for (int i = 0; i < count; i++) close(theirs[i]);
    double start = now();
    int sent = 0, done = 0;
    struct pollfd files[4096];
    for (int i = 0; i < count; i++) files[i] = (struct pollfd){.fd = ours[i], .events = POLLIN};
    for (int i = 0; i < count && sent < exchanges; i++, sent++) send_all(ours[i], question, question_size);
    while (done < exchanges) {
        demand(poll(files, count, 10000) > 0, "poll");
        for (int i = 0; i < count; i++) {
            if (!files[i].revents || has_come(ours[i], i, reply_size) < 1) continue;
            done++;
            if (sent < exchanges) { send_all(ours[i], question, question_size); sent++; }
        }
    }
    printf("%.6f\n", now() - start);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
}

int main(int count, char **words) {
    if (count == 5 && !strcmp(words[1], "sql")) measure_sql(words[2], atoi(words[3]), atoi(words[4]));
    else if (count == 5 && !strcmp(words[1], "insert")) measure_insert(words[2], atoi(words[3]), atoi(words[4]));
    else if (count == 4 && !strcmp(words[1], "http")) measure_http(atoi(words[2]), atoi(words[3]));
    else { fprintf(stderr, "bound sql FILE IDS GROUP | bound insert FILE ROWS SIZE | bound http EXCHANGES LANES\n"); return 64; }
    return 0;
}
