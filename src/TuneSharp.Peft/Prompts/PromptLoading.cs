using TuneSharp.Formats.Adapters;

namespace TuneSharp.Peft.Prompts;

/// <summary>The last steps of making a method, which frees itself if they fail.</summary>
internal static class PromptLoading
{
    public static PromptMethod Attach(PromptMethod method) => OrFree(method, method.Attach);

    public static PromptMethod Read(AdapterFolder folder, PromptMethod method) => OrFree(method, () => method.Read(folder));

    private static PromptMethod OrFree(PromptMethod method, Action step)
    {
        try
        {
            step();
            return method;
        }
        catch
        {
            method.Dispose();
            throw;
        }
    }
}
