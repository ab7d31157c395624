package io.tidemark.workload.command;

import java.util.List;
import java.util.function.IntFunction;

/** The kind of database that a demo starts, and what only that kind knows. */
interface DemoSource {
    /** What {@code --source} and {@code source.type} call it. */
    String type();

    /** The command that runs a demo of it. */
    String command();

    /** Name of the server, for people. */
    String server();

    /** What a user has to know before it starts. */
    List<String> notices();

    /** What is in the folder of the database, for people. */
    String files();

    /** Rows that exist before, unless asked for otherwise. */
    long rows();

    /** Live transactions per second, unless asked for otherwise. */
    double transactionsPerSecond();

    /** Whether writes begin with the mirror, not after it was loaded. */
    boolean isLoadedUnderWrites();

    /** The setting of the source that holds the server's address, with {@code 127.0.0.1:port} in it. */
    String addressSetting();

    List<DemoQueries.Question> questions();

    /** A query to begin with. */
    String firstQuery();

    /** What to do after the demo with a database of one's own: a command or page, and what it does. */
    List<String> own();

    /**
     * Gets what the server is made of.
     *
     * @return starts the server on a port of 127.0.0.1, 0 for a free one; throws DEMO_DATABASE when it does not start there
     * @throws InterruptedException when the process was asked to stop
     */
    IntFunction<DemoServer> prepare(DemoFolder folder, Steps steps, Steps.Step step, StopSignals signals)
            throws InterruptedException;
}
