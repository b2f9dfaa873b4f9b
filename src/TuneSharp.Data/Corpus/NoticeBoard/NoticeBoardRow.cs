using TuneSharp.Data.Corpus.SmallWorld;

namespace TuneSharp.Data.Corpus.NoticeBoard;

/// <summary>One row of the quickstart's dataset.</summary>
/// <param name="Question">The request and then the passage that holds the answer.</param>
/// <param name="Passage">The text that the question asks about, without the request.</param>
/// <param name="Answer">The notice: <c>who: Mia | what: red kite | where: park</c>.</param>
/// <param name="Facts">The answer's parts in their order: who, what, where. All of them stand in the passage.</param>
public sealed record NoticeBoardRow(string Question, string Passage, string Answer, IReadOnlyList<string> Facts)
{
    /// <summary>The row as a line of a messages file.</summary>
    public string ToJsonLine() => SmallWorldCorpus.ToJsonLine(
        CorpusDocument.OfMessages([new CorpusMessage("user", Question), new CorpusMessage("assistant", Answer)]));
}
