using System.Diagnostics;
using System.Text.Json;

namespace TuneSharp.Inference.Tests.Peers;

/// <summary>
/// llama.cpp, as the npm package node-llama-cpp ships it: installed once into a folder of its own, or taken from the folder
/// that <c>TUNESHARP_NODE_LLAMA_CPP</c> names. Where neither is possible the test is skipped with the reason.
/// </summary>
internal static class NodeLlamaCpp
{
    private const string Version = "3.22.1";
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private const string Program = """
        import { getLlama } from "node-llama-cpp";
        const request = JSON.parse(process.argv[2]);
        const llama = await getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: 1 });
        const model = await llama.loadModel({ modelPath: request.model });
        const answers = [];
        for (const prompt of request.prompts) {
          const context = await model.createContext({ contextSize: 256, threads: 1 });
          const ids = Array.from(model.tokenize(prompt, true)), written = [];
          for await (const token of context.getSequence().evaluate(ids, { temperature: 0 })) {
            if (model.isEogToken(token)) break;
            written.push(token);
            if (written.length >= request.count) break;
          }
          answers.push({ ids, written, text: model.detokenize(written) });
          await context.dispose();
        }
        console.log(JSON.stringify(answers));
        process.exit(0);
        """;

    public sealed record Answer(int[] Ids, int[] Written, string Text);

    /// <summary>Greedy answers of llama.cpp.</summary>
    /// <param name="count">Most new tokens.</param>
    public static Answer[] Ask(string model, IEnumerable<string> prompts, int count)
    {
        string folder = Environment.GetEnvironmentVariable("TUNESHARP_NODE_LLAMA_CPP") is { Length: > 0 } named ? named : Install();
        string program = Path.Combine(folder, $"peer-{Environment.ProcessId}.mjs");
        File.WriteAllText(program, Program);
        try
        {
            string request = JsonSerializer.Serialize(new { model, prompts, count });
            (int code, string output, string error) = Run("node", folder, TimeSpan.FromMinutes(3), program, request);
            code.ShouldBe(0, error);
            return JsonSerializer.Deserialize<Answer[]>(output.Trim().Split('\n')[^1], Web)!;
        }
        finally
        {
            File.Delete(program);
        }
    }

    private static string Install()
    {
        string folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } data ? data : Path.GetTempPath(), "tunesharp-peers", $"node-llama-cpp-{Version}");
        if (Directory.Exists(Path.Combine(folder, "node_modules", "@node-llama-cpp"))) return folder;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "package.json"), """{ "name": "peer", "version": "1.0.0", "private": true, "type": "module" }""");
        try
        {
            foreach (string package in (string[])["node-llama-cpp", "@node-llama-cpp/linux-x64"])
            {
                (int code, string output, string error) = Run("npm", folder, TimeSpan.FromMinutes(2), "install", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional", $"{package}@{Version}");
                if (code != 0) Assert.Skip($"npm cannot install {package}: {error.Split('\n')[0]}");
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("npm is not on this machine.");
        }
        return folder;
    }

    private static (int Code, string Output, string Error) Run(string program, string folder, TimeSpan limit, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Skip($"{program} took longer than {limit}.");
        }
        process.WaitForExit();
        return (process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}
