package io.tidemark.workload.command;

import io.tidemark.workload.run.Workload;

/**
 * The server of a demo, which runs.
 *
 * @param version version of it
 * @param port its port of 127.0.0.1
 * @param address value of {@link DemoSource#addressSetting}
 * @param config text of a configuration that mirrors it
 * @param workload the workload that loads it and writes to it
 * @param onClose ends it
 */
record DemoServer(String version, int port, String address, String config, Workload workload, Runnable onClose)
        implements AutoCloseable {
    @Override
    public void close() {
        onClose.run();
    }
}
