package io.tidemark.bench.contest;

import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * What a benchmark runs in.
 *
 * @param rounds runs of each contender
 * @param folder for all that it makes; deleted behind it
 * @param checkout the sources, whose build is measured and has the peers
 * @param out receives lines for people
 */
public record Surroundings(Scale scale, int rounds, Path folder, Path checkout, Consumer<String> out) {
    /** The libraries of the program that is measured, as a class path. */
    public String libraries() {
        return checkout.resolve(Path.of("dist", "target", "tidemark", "lib")) + "/*";
    }

    /** The program that is measured, as it is installed. */
    public String program() {
        return checkout.resolve(Path.of("dist", "target", "tidemark", "bin", "tidemark"))
                .toString();
    }
}
