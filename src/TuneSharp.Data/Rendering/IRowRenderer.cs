namespace TuneSharp.Data.Rendering;

/// <summary>Turns the rows of one kind of training into ids and what is learned of them.</summary>
public interface IRowRenderer
{
    /// <summary>Highest id + 1.</summary>
    int VocabularySize { get; }

    /// <summary>A text that differs where rows would be rendered differently, beside tokenizer and settings.</summary>
    string Identity { get; }

    /// <summary>Renders one row.</summary>
    /// <exception cref="UnreadableDatasetException">The row cannot be used; the message names it.</exception>
    RenderedExample Render(DatasetRow row);
}

internal static class RowRendering
{
    /// <summary>The rendered row, or why it cannot be used.</summary>
    public static (RenderedExample? Example, UnreadableDatasetException? Fault) TryRender(this IRowRenderer renderer, DatasetRow row)
    {
        try
        {
            return (renderer.Render(row), null);
        }
        catch (UnreadableDatasetException e)
        {
            return (null, e);
        }
    }
}
