package io.tidemark.cli;

import java.util.List;

/**
 * Adds subcommands to {@code tidemark}.
 *
 * <p>A command is an object with picocli's {@code @Command} that implements {@code Callable<Integer>}; what it throws becomes an error message
 * and an exit code. A field {@code @ParentCommand Tidemark} gives it the {@link Session}. The global options ({@code --config}, {@code --json},
 * {@code --verbose}, {@code --trace}, {@code --help}) are parsed for it and must not be declared again.
 */
public interface CommandProvider {
    /** New command objects; making them is cheap. */
    List<Object> commands();
}
