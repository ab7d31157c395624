package io.tidemark.workload.demo;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * How a {@link DemoDatabase} starts.
 *
 * @param folder where the database keeps its files; made when missing
 * @param onClose what becomes of the files
 * @param port TCP port on the loopback interface, or 0 for a free one
 * @param settings server settings that are added to, or win over, {@link #DEFAULT_SETTINGS}
 * @param progress receives one plain line before each step that takes time
 */
public record DemoDatabaseOptions(
        Path folder, OnClose onClose, int port, Map<String, String> settings, Consumer<String> progress) {
    private static final Pattern SETTING_NAME = Pattern.compile("[a-z_][a-z0-9_.]*");
    private static final int PORT_MAX = 65_535;

    /**
     * Logical decoding for several pipelines, commits that survive a power cut, and WAL room for a load of a million rows without forced
     * checkpoints. Only TCP on the loopback interface is opened: a socket file would depend on a writable folder outside ours.
     */
    public static final Map<String, String> DEFAULT_SETTINGS = Map.ofEntries(
            Map.entry("wal_level", "logical"),
            Map.entry("max_wal_senders", "20"),
            Map.entry("max_replication_slots", "20"),
            Map.entry("max_connections", "120"),
            Map.entry("fsync", "on"),
            Map.entry("synchronous_commit", "on"),
            Map.entry("shared_buffers", "256MB"),
            Map.entry("max_wal_size", "2GB"),
            Map.entry("listen_addresses", "127.0.0.1"),
            Map.entry("unix_socket_directories", ""),
            Map.entry("timezone", "UTC"),
            Map.entry("log_timezone", "UTC"));

    public DemoDatabaseOptions {
        if (port < 0 || port > PORT_MAX) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot start the demo database: the port must be 0 to 65535 (port=" + port + ")");
        }
        settings = Map.copyOf(settings);
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            boolean oneLine = setting.getValue().indexOf('\n') < 0;
            if (!SETTING_NAME.matcher(setting.getKey()).matches()
                    || !oneLine
                    || setting.getKey().equals("port")) {
                throw new TidemarkException(
                        ErrorCode.INVALID_ARGUMENT,
                        "Cannot start the demo database: this server setting cannot be given (setting="
                                + setting.getKey() + ")");
            }
        }
    }

    /** A free port, default settings, no messages, files deleted on close. */
    public static DemoDatabaseOptions in(Path folder) {
        return new DemoDatabaseOptions(folder, OnClose.DELETE, 0, Map.of(), line -> {});
    }

    public DemoDatabaseOptions withOnClose(OnClose value) {
        return new DemoDatabaseOptions(folder, value, port, settings, progress);
    }

    public DemoDatabaseOptions withPort(int value) {
        return new DemoDatabaseOptions(folder, onClose, value, settings, progress);
    }

    /** These options with one more server setting. */
    public DemoDatabaseOptions withSetting(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(settings);
        more.put(name, value);
        return new DemoDatabaseOptions(folder, onClose, port, more, progress);
    }

    public DemoDatabaseOptions withProgress(Consumer<String> value) {
        return new DemoDatabaseOptions(folder, onClose, port, settings, value);
    }
}
