package io.tidemark.bench.contest;

/** One that does the work of a contest, again and again. */
public record Contender(String name, Side side, Attempt attempt) {
    /** Does the whole work once, from a start of its own. */
    public interface Attempt {
        /** @param round number of the run, from 0; a contender that needs a place of its own for each run finds it by this */
        Measurement run(int round) throws Exception;
    }
}
