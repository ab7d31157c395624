package io.tidemark.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What the benchmarks run on, in words. */
final class Machine {
    private Machine() {}

    static String described() throws IOException {
        return String.format(
                Locale.ROOT,
                "%d cores (%s), %.0f GiB, Java %s",
                Runtime.getRuntime().availableProcessors(),
                fact("/proc/cpuinfo", "model name"),
                Double.parseDouble(fact("/proc/meminfo", "MemTotal")
                                .replace("kB", "")
                                .strip())
                        / (1 << 20),
                System.getProperty("java.version"));
    }

    private static String fact(String file, String name) throws IOException {
        return Files.readAllLines(Path.of(file)).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }
}
