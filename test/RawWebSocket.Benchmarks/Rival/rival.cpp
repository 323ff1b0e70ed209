// uWebSockets, with /echo, /broadcast, /stats and the rest as the other servers of the benchmark have them; docs/performance.md says how
// it is built.
#include "App.h"

#include <cstdio>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

struct Nothing {};

// As large as those of the other servers: the longest row is 4 MiB.
constexpr unsigned MaxMessageSize = 8 * 1024 * 1024;
constexpr unsigned MaxBackpressure = 64 * 1024 * 1024;
constexpr unsigned short IdleSeconds = 120;

static double secondsOf(timeval time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

static long residentBytes() {
    long pages = 0;
    if (FILE *file = fopen("/proc/self/statm", "r")) {
        if (fscanf(file, "%*s %ld", &pages) != 1) {
            pages = 0;
        }
        fclose(file);
    }
    return pages * sysconf(_SC_PAGESIZE);
}

// The members of ServerStats; there is no managed memory to allocate or collect, and nothing is compiled.
static std::string stats() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    char json[256];
    snprintf(json, sizeof json,
             "{\"CpuSeconds\":%f,\"ResidentBytes\":%ld,\"ManagedBytes\":0,\"AllocatedBytes\":0,\"Collections\":0,\"Compilations\":0}",
             secondsOf(used.ru_utime) + secondsOf(used.ru_stime), residentBytes());
    return json;
}

int main() {
    // Ends with its standard input, and so with whoever started it.
    std::thread([] {
        while (getchar() != EOF) {
        }
        _exit(0);
    }).detach();

    uWS::App()
        .ws<Nothing>("/echo", {
            .compression = uWS::DISABLED,
            .maxPayloadLength = MaxMessageSize,
            .idleTimeout = IdleSeconds,
            .maxBackpressure = MaxBackpressure,
            .message = [](auto *socket, std::string_view message, uWS::OpCode type) { socket->send(message, type); },
        })
        .ws<Nothing>("/broadcast", {
            .compression = uWS::DISABLED,
            .maxPayloadLength = MaxMessageSize,
            .idleTimeout = IdleSeconds,
            .maxBackpressure = MaxBackpressure,
            .open = [](auto *socket) { socket->subscribe("everyone"); },
            // To all but the one that publishes, so to that one besides.
            .message = [](auto *socket, std::string_view message, uWS::OpCode type) {
                socket->publish("everyone", message, type);
                socket->send(message, type);
            },
        })
        .get("/stats", [](auto *response, auto *) { response->end(stats()); })
        // There is no garbage to collect; what the allocator keeps, it keeps.
        .get("/collect", [](auto *response, auto *) { response->end(); })
        .get("/give-back", [](auto *response, auto *) { response->end(); })
        .listen("127.0.0.1", 0, [](auto *listener) {
            if (listener == nullptr) {
                fputs("Could not listen on 127.0.0.1.\n", stderr);
                _exit(1);
            }
            printf("%d\n", us_socket_local_port(0, reinterpret_cast<us_socket_t *>(listener)));
            fflush(stdout);
        })
        .run();
}
