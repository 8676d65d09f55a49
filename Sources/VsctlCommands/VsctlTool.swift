package enum VsctlTool { package static func main() -> Never { fatalError() } }
