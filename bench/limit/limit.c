/*
 * The limit of the machine: the cost of the kernel's share of a chat server's work.
 *
 * limit <groups> <size> <in-flight> <delivery bytes> <seconds> <server core> <client core>
 *
 * A message is one request from a member, then for every member one send of the delivery and one recv of its ack, then
 * one send of the answer. The server does nothing else: no parsing, no storing. Both ends use epoll on loopback TCP.
 * Prints JSON: messages, deliveries, seconds, and the CPU seconds of the server process alone.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ACK = 'a', REQUEST = 'r', DELIVERY = 'd', ANSWER = 'f' };
enum { ACK_BYTES = 64, ANSWER_BYTES = 128, REQUEST_OVERHEAD = 100, DELIVERY_OVERHEAD = 250, MAX_RECORD = 65536 };
enum { EVENTS = 1024, READ_BYTES = 1 << 18 };

struct connection {
    int descriptor, group, used;
    char partial[8192];
};

static int groups, size, in_flight, delivery_bytes, connections;
static struct connection *ends;
static int *pending; /* acks that each group still waits for, all of its messages together */
static long messages, deliveries;
static char record[MAX_RECORD];
static char input[READ_BYTES];

static void die(const char *what) {
    perror(what);
    exit(1);
}

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void pin(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    sched_setaffinity(0, sizeof set, &set);
}

static int bytes_of(char type) {
    switch (type) {
    case ACK: return ACK_BYTES;
    case ANSWER: return ANSWER_BYTES;
    case REQUEST: return delivery_bytes - DELIVERY_OVERHEAD + REQUEST_OVERHEAD;
    default: return delivery_bytes;
    }
}

static void send_record(struct connection *end, char type) {
    int length = bytes_of(type);
    memset(record, type, 1);
    for (int sent = 0; sent < length;) {
        ssize_t count = send(end->descriptor, record + sent, length - sent, MSG_NOSIGNAL);
        if (count < 0) _exit(0); /* the other process has ended */
        sent += count;
    }
}

static void on_server(struct connection *end, char type) {
    struct connection *group = ends + end->group * size;
    if (type == REQUEST) {
        for (int member = 0; member < size; member++) send_record(group + member, DELIVERY);
        pending[end->group] += size;
    } else {
        deliveries++;
        if (--pending[end->group] % size == 0) {
            send_record(group, ANSWER);
            messages++;
        }
    }
}

static void on_client(struct connection *end, char type) {
    send_record(end, type == DELIVERY ? ACK : REQUEST);
}

/* Splits the input into records and passes on their types. Keeps an incomplete record for the next read. */
static void receive(struct connection *end, void (*handle)(struct connection *, char)) {
    memcpy(input, end->partial, end->used);
    ssize_t count = recv(end->descriptor, input + end->used, READ_BYTES - end->used, MSG_DONTWAIT);
    if (count == 0) _exit(0);
    if (count < 0) return;
    ssize_t length = end->used + count, at = 0;
    while (at < length && at + bytes_of(input[at]) <= length) {
        handle(end, input[at]);
        at += bytes_of(input[at]);
    }
    end->used = length - at;
    memcpy(end->partial, input + at, end->used);
}

static void serve(void (*handle)(struct connection *, char), double until) {
    struct epoll_event events[EVENTS];
    int poll = epoll_create1(0);
    for (int index = 0; index < connections; index++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = ends + index};
        if (epoll_ctl(poll, EPOLL_CTL_ADD, ends[index].descriptor, &event)) die("epoll_ctl");
    }
    while (now(CLOCK_MONOTONIC) < until) {
        int count = epoll_wait(poll, events, EVENTS, 100);
        for (int index = 0; index < count; index++) receive(events[index].data.ptr, handle);
    }
}

static void connect_pairs(int *client_ends) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 128)) die("listen");
    getsockname(listener, (struct sockaddr *)&address, &length);
    for (int index = 0; index < connections; index++) {
        client_ends[index] = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(client_ends[index], (struct sockaddr *)&address, length)) die("connect");
        ends[index].descriptor = accept(listener, NULL, NULL);
        ends[index].group = index / size;
        setsockopt(client_ends[index], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        setsockopt(ends[index].descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    close(listener);
}

static void be_client(const int *client_ends, int core, double until) {
    pin(core);
    for (int index = 0; index < connections; index++) {
        close(ends[index].descriptor);
        ends[index].descriptor = client_ends[index];
    }
    for (int group = 0; group < groups; group++)
        for (int count = 0; count < in_flight; count++) send_record(ends + group * size, REQUEST);
    serve(on_client, until);
    _exit(0);
}

int main(int count, char **arguments) {
    if (count != 8) return 2;
    groups = atoi(arguments[1]);
    size = atoi(arguments[2]);
    in_flight = atoi(arguments[3]);
    delivery_bytes = atoi(arguments[4]) + DELIVERY_OVERHEAD;
    double seconds = atof(arguments[5]);
    connections = groups * size;
    ends = calloc(connections, sizeof *ends);
    pending = calloc(groups, sizeof *pending);
    int *client_ends = calloc(connections, sizeof *client_ends);
    connect_pairs(client_ends);
    pid_t client = fork();
    double start = now(CLOCK_MONOTONIC);
    if (client == 0) be_client(client_ends, atoi(arguments[7]), start + seconds + 1);
    for (int index = 0; index < connections; index++) close(client_ends[index]);
    pin(atoi(arguments[6]));
    double cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    serve(on_server, start + seconds);
    printf("{\"messages\": %ld, \"deliveries\": %ld, \"seconds\": %f, \"cpu\": %f}\n", messages, deliveries,
           now(CLOCK_MONOTONIC) - start, now(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    kill(client, SIGTERM);
    waitpid(client, NULL, 0);
    return 0;
}
