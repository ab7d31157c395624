package io.tidemark.engine.config;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects everything that is wrong with a configuration file, so that one report names it all. */
final class Problems {
    private final String fileName;
    private final List<Problem> found = new ArrayList<>();

    Problems(String fileName) {
        this.fileName = fileName;
    }

    /**
     * Adds a problem.
     *
     * @param line line in the file, from 1
     * @param text what is wrong and what would be right; holds no secret
     */
    void add(int line, String text) {
        found.add(new Problem(line, text, ErrorCode.CONFIG_INVALID));
    }

    /** Adds a reference that leads nowhere. */
    void addSecretNotFound(int line, String text) {
        found.add(new Problem(line, text, ErrorCode.SECRET_NOT_FOUND));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /**
     * Ends the reading when there is a problem.
     *
     * @throws TidemarkException one for all: {@code SECRET_NOT_FOUND} when nothing else is wrong, else {@code CONFIG_INVALID}
     */
    void throwIfAny() {
        if (found.isEmpty()) {
            return;
        }
        boolean onlySecrets = found.stream().allMatch(problem -> problem.code() == ErrorCode.SECRET_NOT_FOUND);
        StringBuilder message = new StringBuilder("Cannot read the configuration: ")
                .append(found.size() == 1 ? "1 problem" : found.size() + " problems");
        found.stream()
                .sorted(Comparator.comparingInt(Problem::line))
                .forEach(problem -> message.append('\n').append(problem.in(fileName)));
        throw new TidemarkException(
                onlySecrets ? ErrorCode.SECRET_NOT_FOUND : ErrorCode.CONFIG_INVALID, message.toString());
    }

    private record Problem(int line, String text, ErrorCode code) {
        String in(String fileName) {
            return fileName + ":" + line + ": " + text;
        }
    }
}
