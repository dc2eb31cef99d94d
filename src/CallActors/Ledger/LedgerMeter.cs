using System.Diagnostics.Metrics;

namespace CallActors.Ledger;

/// <summary>Shows where the ledger stands, in the meter "CallActors".</summary>
internal static class LedgerMeter
{
    /// <summary>Adds the ledger's instruments; they read the book whenever somebody looks.</summary>
    public static void Add(Meter meter, LedgerBook book)
    {
        meter.CreateObservableCounter("callactors.ledger.facts", () => book.Counts.Facts, "{fact}", "Facts that calls told the ledger.");
        meter.CreateObservableCounter("callactors.ledger.superseded", () => book.Counts.Superseded, "{fact}", "Facts that a later one of the same call replaced before they were written.");
        meter.CreateObservableCounter("callactors.ledger.dropped", () => book.Counts.Dropped, "{fact}", "Facts lost because too many waited.");
        meter.CreateObservableCounter("callactors.ledger.batches", () => book.Counts.Batches, "{row}", "Rows written.");
        meter.CreateObservableCounter("callactors.ledger.written", () => book.Counts.Written, "{fact}", "Facts written, those written again included.");
        meter.CreateObservableCounter("callactors.ledger.rewritten", () => book.Counts.Rewritten, "{fact}", "Facts written again to free an old row.");
        meter.CreateObservableCounter("callactors.ledger.failures", () => book.Counts.Failures, "{failure}", "How often writing or reading failed.");
        meter.CreateObservableGauge("callactors.ledger.queued", () => book.Counts.Queued, "{fact}", "Facts that are not on disk yet.");
        meter.CreateObservableGauge("callactors.ledger.living", () => book.Counts.Living, "{call}", "Calls that the ledger has living.");
        meter.CreateObservableGauge("callactors.ledger.rows", () => book.Counts.Rows, "{row}", "Rows on disk.");
        meter.CreateObservableGauge("callactors.ledger.whole", () => book.Counts.IsWhole ? 1 : 0, description: "1 while the disk has, or soon will have, what is true.");
    }
}
