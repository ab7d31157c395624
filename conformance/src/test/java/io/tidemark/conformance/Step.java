package io.tidemark.conformance;

import java.util.List;

/**
 * One step of a scenario.
 *
 * @param kind what to do
 * @param arguments what stands behind the kind in the heading
 * @param blocks texts of the fenced blocks below it
 */
record Step(Kind kind, List<String> arguments, List<String> blocks) {
    /** Kinds of steps; the README beside the scenarios says what each does. */
    enum Kind {
        BEFORE(0, 1),
        RUNNING(0, 1),
        TRANSACTION(0, 1),
        STOPPED(0, 1),
        RESTART(0, 0),
        SEALED(0, 0),
        APPLIED(0, 0),
        PAUSE(1, 0),
        RESUME(1, 0),
        RESYNC(1, 0),
        FAILS(2, -1),
        DIFFERS(1, 0),
        OMITS(1, -1),
        MIRRORS(2, 1),
        ROWS(0, 2);

        final int arguments;
        /** How many blocks it has; -1 for one that may be absent. */
        final int blocks;

        Kind(int arguments, int blocks) {
            this.arguments = arguments;
            this.blocks = blocks;
        }

        boolean allows(int count) {
            return blocks < 0 ? count <= 1 : count == blocks;
        }
    }

    Step {
        arguments = List.copyOf(arguments);
        blocks = List.copyOf(blocks);
    }

    /** As the heading has it. */
    @Override
    public String toString() {
        return (kind.name().toLowerCase(java.util.Locale.ROOT) + " " + String.join(" ", arguments)).strip();
    }
}
