// Takes mail on loopback, in clear or after STARTTLS, throws it away and logs each recipient with its octets.
//
//     cc -O2 -o tls_sink tls_sink.c -lssl -lcrypto && ./tls_sink PORT LOGFILE CERTIFICATE_AND_KEY.pem
//
// One thread, so that on two cores the other one is the client's. Offers what a relay does: PIPELINING, CHUNKING
// (RFC 3030), 8BITMIME, SIZE, STARTTLS (RFC 3207). It accepts everything; SIGTERM ends it.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { ROOM = 1 << 18, REPLIES = 1 << 16 };
enum state { COMMANDS, DATA, CHUNK };

struct client {
    int socket;
    SSL *tls;                 // NULL while the line is clear
    enum state state;
    int handshaking, last_chunk, at_start;
    long octets, left;        // of the message so far; of the chunk still to come
    size_t have, said;        // filled parts of the two buffers
    char recipient[512], in[ROOM], out[REPLIES];
};

static FILE *recipients;
static SSL_CTX *context;
static volatile sig_atomic_t ended;

static void end(int number) { (void)number; ended = 1; }

static void reply(struct client *c, const char *words) {
    size_t length = strlen(words);
    if (c->said + length <= REPLIES) memcpy(c->out + c->said, words, length), c->said += length;
}

static void take(struct client *c) {
    fprintf(recipients, "%s %ld\n", c->recipient, c->octets);
    reply(c, "250 2.0.0 Ok\r\n");
    c->recipient[0] = 0;
    c->octets = 0;
    c->state = COMMANDS;
}

static int begins(const char *line, const char *verb) { return !strncasecmp(line, verb, strlen(verb)); }

// One command. -1 ends the connection.
static int command(struct client *c, char *line) {
    if (begins(line, "EHLO"))
        reply(c, c->tls ? "250-tls-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 0\r\n250-ENHANCEDSTATUSCODES\r\n250 CHUNKING\r\n"
                        : "250-tls-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 0\r\n250-ENHANCEDSTATUSCODES\r\n250-STARTTLS\r\n250 CHUNKING\r\n");
    else if (begins(line, "MAIL") || begins(line, "RSET")) c->recipient[0] = 0, reply(c, "250 2.0.0 Ok\r\n");
    else if (begins(line, "RCPT")) {
        char *address = strchr(line, '<');
        if (!address || sscanf(address, "<%511[^>]>", c->recipient) != 1) reply(c, "501 5.1.3 Bad address\r\n");
        else reply(c, "250 2.1.5 Ok\r\n");
    } else if (begins(line, "DATA")) {
        if (!c->recipient[0]) reply(c, "503 5.5.1 No recipient\r\n");
        else reply(c, "354 Go on\r\n"), c->state = DATA, c->at_start = 1;
    } else if (begins(line, "BDAT")) {
        c->left = strtol(line + 4, NULL, 10), c->last_chunk = strcasestr(line, "LAST") != NULL, c->state = CHUNK;
    } else if (begins(line, "STARTTLS") && !c->tls) reply(c, "220 2.0.0 Go on\r\n"), c->handshaking = 1;
    else if (begins(line, "QUIT")) return reply(c, "221 2.0.0 Bye\r\n"), -1;
    else reply(c, begins(line, "NOOP") || begins(line, "HELO") ? "250 2.0.0 Ok\r\n" : "500 5.5.2 What?\r\n");
    return 0;
}

// Everything in `in` that is whole: what is not stays there. -1 ends the connection.
static int digest(struct client *c) {
    char *at = c->in, *end_of_input = c->in + c->have;
    while (at < end_of_input || (c->state == CHUNK && !c->left)) {
        size_t rest = end_of_input - at;
        if (c->state == CHUNK) {
            size_t part = (long)rest < c->left ? rest : (size_t)c->left;
            at += part, c->left -= part, c->octets += part;
            if (c->left) continue;
            c->state = COMMANDS;
            if (!c->recipient[0]) reply(c, "503 5.5.1 No recipient\r\n"), c->octets = 0;
            else if (c->last_chunk) take(c);
            else reply(c, "250 2.0.0 Ok\r\n");
        } else if (c->state == DATA) {
            if (c->at_start && rest >= 3 && !memcmp(at, ".\r\n", 3)) { at += 3; take(c); continue; }
            char *stop = memmem(at, rest, "\r\n.\r\n", 5);
            if (stop) { c->octets += stop + 2 - at; at = stop + 5; take(c); continue; }
            if (rest < 5) break;                      // the end of the content may be cut in two
            c->octets += rest - 4, at += rest - 4, c->at_start = 0;
            break;
        } else {
            char *line_end = memchr(at, '\n', rest);
            if (!line_end) break;
            *line_end = 0;
            int over = command(c, at);
            at = line_end + 1;
            if (over) return -1;
            if (c->handshaking) { at = end_of_input; break; }  // RFC 3207 §4.2: nothing said before counts
        }
    }
    c->have = end_of_input - at;
    memmove(c->in, at, c->have);
    return c->have == ROOM ? -1 : 0;
}

static int flush(struct client *c) {
    if (!c->said) return 0;
    long written = c->tls && !SSL_in_init(c->tls) ? SSL_write(c->tls, c->out, c->said) : write(c->socket, c->out, c->said);
    int failed = written != (long)c->said;
    c->said = 0;
    return failed ? -1 : 0;
}

// What has come. -1: the connection is over; 0: epoll tells when there is more; 1: there is more in TLS's own buffer.
static int receive(struct client *c) {
    if (c->tls && SSL_in_init(c->tls)) {
        int accepted = SSL_accept(c->tls);
        if (accepted == 1) return 1;
        return SSL_get_error(c->tls, accepted) == SSL_ERROR_WANT_READ ? 0 : -1;
    }
    long count = c->tls ? SSL_read(c->tls, c->in + c->have, ROOM - c->have) : recv(c->socket, c->in + c->have, ROOM - c->have, 0);
    if (count <= 0) {
        int nothing_yet = c->tls ? SSL_get_error(c->tls, count) == SSL_ERROR_WANT_READ : count < 0 && (errno == EAGAIN || errno == EINTR);
        return nothing_yet ? 0 : -1;
    }
    c->have += count;
    if (digest(c) < 0) return flush(c), -1;
    if (c->handshaking) {
        if (flush(c) < 0) return -1;
        c->tls = SSL_new(context), c->handshaking = 0;
        SSL_set_fd(c->tls, c->socket);
        SSL_set_accept_state(c->tls);
        return 0;
    }
    return c->tls && SSL_has_pending(c->tls);
}

static void greet(int listener, int poll) {
    int one = 1, socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (socket < 0) return;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct client *c = calloc(1, sizeof *c);
    c->socket = socket;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event);
    reply(c, "220 tls-sink ESMTP\r\n");
    flush(c);
}

static void serve(struct client *c) {
    int more;
    while ((more = receive(c)) > 0) {}
    if (more == 0 && flush(c) == 0) return;
    if (c->tls) SSL_free(c->tls);
    close(c->socket);
    free(c);
}

int main(int count, char **words) {
    if (count != 4) return fprintf(stderr, "tls_sink PORT LOGFILE CERTIFICATE_AND_KEY.pem\n"), 2;
    signal(SIGTERM, end), signal(SIGPIPE, SIG_IGN);
    context = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(context, words[3]) != 1 || SSL_CTX_use_PrivateKey_file(context, words[3], SSL_FILETYPE_PEM) != 1)
        return fprintf(stderr, "%s has no certificate and key\n", words[3]), 1;
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, ROOM);  // fewer system calls: a record has 16 KiB at most
    SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
    recipients = fopen(words[2], "w");
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(atoi(words[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1, poll = epoll_create1(0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (!recipients || bind(listener, (struct sockaddr *)&place, sizeof place) || listen(listener, 512)) return perror("tls_sink"), 1;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    while (!ended) {
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, 500);
        for (int number = 0; number < ready; number++)
            if (events[number].data.ptr) serve(events[number].data.ptr);
            else greet(listener, poll);
    }
    return fclose(recipients) ? 1 : 0;
}
