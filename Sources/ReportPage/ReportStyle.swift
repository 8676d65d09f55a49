// SPDX-License-Identifier: LGPL-2.1-or-later

/// How the page looks, in light and dark, on paper and on a telephone.
enum ReportStyle {
    static let css: Markup = """
        :root { color-scheme: light dark; --page: #f4f5f7; --card: #fff; --ink: #1d2430; --faint: #5d6878;
          --line: #dde1e8; --good: #1a7f4b; --bad: #c22f35; --warn: #a06000; --plain: #3567b8; --rail: #e7eaf0; }
        @media (prefers-color-scheme: dark) {
          :root { --page: #12161d; --card: #1b212b; --ink: #e4e8ef; --faint: #98a3b3; --line: #303846;
            --good: #4cc38a; --bad: #ff7b7f; --warn: #e6a94a; --plain: #77a7f5; --rail: #2a3240; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
        main { max-width: 1080px; margin: 0 auto; padding: 28px 20px 60px; }
        h1 { font-size: 28px; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
        h2 { font-size: 18px; margin: 0 0 4px; }
        p { margin: 4px 0 12px; } .faint { color: var(--faint); }
        a { color: var(--plain); }
        header { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; justify-content: space-between; }
        nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 16px 0; font-size: 14px; }
        section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px;
          margin-top: 16px; }
        code, .path { font: 13px/1.45 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
        .mode { font-weight: 600; padding: 6px 16px; border-radius: 99px; border: 2px solid currentColor; }
        .good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
        .plain { color: var(--plain); }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px;
          text-decoration: none; color: var(--faint); font-size: 13px; display: block; }
        .card b { display: block; font-size: 26px; line-height: 1.25; font-variant-numeric: tabular-nums; }
        .card b.ink { color: var(--ink); } a.card:hover { border-color: var(--plain); }
        table { width: 100%; border-collapse: collapse; margin: 6px 0; }
        th { text-align: left; font-weight: 600; font-size: 13px; color: var(--faint); }
        th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        tr:last-child > td { border-bottom: 0; }
        td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        td.bar { width: 34%; } td.nowrap { white-space: nowrap; }
        svg { display: block; width: 100%; } td.bar svg { height: 12px; margin-top: 5px; }
        .total svg { height: 20px; margin: 10px 0 6px; }
        rect { fill: currentColor; } rect.rail { fill: var(--rail); }
        .tag { display: inline-block; font-size: 12px; padding: 0 7px; margin: 1px 3px 1px 0; border-radius: 5px;
          background: var(--rail); white-space: nowrap; }
        .tag.strong { background: var(--bad); color: var(--card); }
        .find { display: grid; grid-template-columns: 22px 1fr; padding: 8px 0; border-bottom: 1px solid var(--line); }
        .find:last-child { border-bottom: 0; } .find i { font-style: normal; font-weight: 700; }
        details > summary { cursor: pointer; color: var(--plain); padding: 4px 0; }
        details ul { margin: 4px 0 8px; padding-left: 20px; } footer { margin-top: 20px; font-size: 13px; }
        .wide { overflow-x: auto; }
        @media (max-width: 640px) { td.bar, th.bar { display: none; } main { padding: 16px 12px; } }
        @media print { body { background: #fff; } section { break-inside: avoid; } nav { display: none; } }
        """
}
