package io.tidemark.dist;

import picocli.CommandLine;

/** The commands of the product, for tests of other packages. */
public final class Commands {
    private Commands() {}

    public static CommandLine commandLine() {
        return Main.commandRunner().commandLine();
    }
}
