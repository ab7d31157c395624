package io.tidemark.metastore.jdbc;

import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.MetadataStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;

/** A second operating system process that uses a store: {@code url increment KEY TIMES} or {@code url append PREFIX}. */
public final class StoreProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private StoreProcess(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static StoreProcess start(String url, String... arguments) throws IOException {
        Set<String> classpath = new LinkedHashSet<>();
        for (Class<?> used : List.of(
                StoreProcess.class,
                JdbcMetadataStore.class,
                MetadataStore.class,
                org.sqlite.JDBC.class,
                org.slf4j.Logger.class,
                org.jspecify.annotations.Nullable.class)) {
            classpath.add(Path.of(java.net.URI.create(used.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toString()))
                    .toString());
        }
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                String.join(java.io.File.pathSeparator, classpath),
                StoreProcess.class.getName(),
                url));
        command.addAll(List.of(arguments));
        return new StoreProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** The next line that the process prints, null at its end. */
    String nextLine() throws IOException {
        return output.readLine();
    }

    /** Ends the process as kill -9 does; what it printed can still be read. */
    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        process.waitFor();
    }

    int waitForExit() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        output.close();
    }

    public static void main(String[] arguments) {
        try (JdbcMetadataStore store = JdbcMetadataStore.open(arguments[0], new Properties())) {
            System.out.println("ready");
            if (arguments[1].equals("increment")) {
                increment(store, arguments[2], Integer.parseInt(arguments[3]));
            } else {
                append(store, arguments[2]);
            }
        }
    }

    static void increment(MetadataStore store, String key, int times) {
        for (int done = 0; done < times; ) {
            Entry before = store.read(key).orElse(new Entry(key, Entry.ABSENT, "0"));
            String after = Integer.toString(Integer.parseInt(before.value()) + 1);
            if (store.compareAndSet(key, before.version(), after).isPresent()) {
                done++;
            }
        }
    }

    private static void append(MetadataStore store, String prefix) {
        Entry head = store.compareAndSet(prefix + "head", Entry.ABSENT, "0").orElseThrow();
        for (int i = 1; ; i++) {
            Entry written =
                    store.compareAndSet(prefix + i, Entry.ABSENT, "value " + i).orElseThrow();
            head = store.compareAndSet(prefix + "head", head.version(), Integer.toString(i))
                    .orElseThrow();
            System.out.println(written.value().substring("value ".length()));
        }
    }
}
